{ lib, ... }:
(lib.fetchModel {
  source = "huggingface:org/tiny";
  hash = "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";
}).outPath
