# Any artifact of a Docker or OCI registry.
{
  checkAttributes,
  imageName,
  lockRules,
  schema,
  ...
}:

let
  inherit (builtins) match;

  checked = checkAttributes {
    path = "source.oci";
    known = schema.attributesOf "oci";
  };
  read = imageName {
    kind = "oci";
    attribute = "image";
    ownHosts = false;
    defaultRegistry = null;
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
  # oci:ghcr.io/org/name:tag
  shortForms."oci:" = image: { inherit image; };

  normalise = given: read (checked given);

  defaultName = { repository, ... }: baseNameOf repository;

  describe =
    {
      registry,
      repository,
      reference,
    }:
    "oci:${registry}/${repository}${if match "sha256:.*" reference == null then ":" else "@"}${reference}";
}
