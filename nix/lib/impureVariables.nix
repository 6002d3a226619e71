# What a fixed-output build may see of the environment that builds run in: the hub's address and
# credentials, proxies, certificates. None of it can change the result, which is known by hash.
{ ... }:

[
  "DOCKER_CONFIG"
  "HF_ENDPOINT"
  "HF_HOME"
  "HF_TOKEN"
  "HF_TOKEN_PATH"
  "HTTP_PROXY"
  "HTTPS_PROXY"
  "NO_PROXY"
  "all_proxy"
  "http_proxy"
  "https_proxy"
  "no_proxy"
  "NIX_SSL_CERT_FILE"
  "NODE_EXTRA_CA_CERTS"
  "REGISTRY_AUTH_FILE"
  "SSL_CERT_FILE"
]
