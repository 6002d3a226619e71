# A model of ollama.com, or of another registry that has models of this kind.
{
  checkAttributes,
  imageName,
  lockRules,
  schema,
  ...
}:

let
  inherit (builtins) elemAt match;

  checked = checkAttributes {
    path = "source.ollama";
    known = schema.attributesOf "ollama";
  };
  read = imageName {
    kind = "ollama";
    attribute = "model";
    ownHosts = true;
    defaultRegistry = "registry.ollama.ai";
    normaliseRepository =
      repository: if match ".*/.*" repository == null then "library/${repository}" else repository;
  };
in

lockRules {
  model = [
    "registry"
    "repository"
  ];
  version = [ "reference" ];
  defaults.reference = "latest";
}
// {
  # ollama:llama2:7b
  shortForms."ollama:" = model: { inherit model; };

  normalise = given: read (checked given);

  # llama2-7b. A digest is no part of a name, and neither is what everyone means.
  defaultName =
    {
      repository,
      reference ? "latest",
      ...
    }:
    baseNameOf repository
    + (if reference == "latest" || match "sha256:.*" reference != null then "" else "-${reference}");

  describe =
    {
      registry,
      repository,
      reference,
    }:
    let
      host = elemAt (match "(https://registry[.]ollama[.]ai/(library/)?)?(.*)" "${registry}/${repository}") 2;
      sign = if match "sha256:.*" reference == null then ":" else "@";
    in
    "ollama:${host}${sign}${reference}";
}
