// Digests of long runs of zero bytes, around the lengths at which a 32-bit counter of bits (2^29
// bytes) or of bytes (signed 2^31, unsigned 2^32) overflows.
//
// The digests are coreutils': `head -c $((2**32 + 1)) /dev/zero | sha256sum`. The state words are
// where the core stands 128 bytes before the power of two; they save a test from hashing
// gigabytes, and wrong ones could not lead to the right digests.

export interface LongMessage {
  readonly algorithm: 'sha256' | 'sha512';
  readonly power: number;
  /** The state words in the core's memory 128 bytes before 2^power, base64. */
  readonly state: string;
  /** Of 2^power - 1, 2^power and 2^power + 1 zero bytes. */
  readonly digests: readonly [string, string, string];
}

export const LONG_MESSAGES: readonly LongMessage[] = [
  {
    algorithm: 'sha256',
    power: 29,
    state: 'FZqZyaqD22fnwx9RK/bMNl2A4k4wLjelHiwsk6/vKUw=',
    digests: [
      'bf7f45d9df691bd277948d7f124b87a9f76e16ddb5d8fb25a49df939798f0a01',
      '9acca8e8c22201155389f65abbf6bc9723edc7384ead80503839f49dcc56d767',
      '7c40fe5ce847740d0f0d0cdde3949d6585804cdec3ae61a15b923165699c8137',
    ],
  },
  {
    algorithm: 'sha256',
    power: 31,
    state: 'LqbOr5C0P1ZY5d/GVNt0gETnP21JRnAKnuxVMY0xd0k=',
    digests: [
      '25ba9187e4e7b89d2a7f1a49f0155c233ea8fe0b19c881bc53d23fd7b93deda0',
      'a7c744c13cc101ed66c29f672f92455547889cc586ce6d44fe76ae824958ea51',
      'b8030a8ab89280935633d8d991da3d9907c0f12e8b6fc3bfc515f4d440872b6e',
    ],
  },
  {
    algorithm: 'sha256',
    power: 32,
    state: 'j22puvxYB+P3KC4nRPo3WFVjI1sfRlLjn/OtsNrHEsk=',
    digests: [
      '318eea1453f3a536e42d9637db593982c5c297220b2019bd4b7ad08e88d91e4b',
      '8479e43911dc45e89f934fe48d01297e16f51d17aa561d4d1c216b1ae0fcddca',
      'fbb82f7b353676bb562eb82157fcf0ea42c36492ca13ee56dbf82c08b6802c5c',
    ],
  },
  {
    algorithm: 'sha512',
    power: 29,
    state: '3i4sQz15oZvjm2uHtPA84y2f0frjfHoDVeJuG9CvsrFziCEmJcbH39Jo2RI7sxfkCMCoRo4WKG4fZH0o4V9KzQ==',
    digests: [
      'ca38ed29e4b841a2d666805615ccf741e11e9a7dae3c06ae5d5a055bfe1deec4' +
        'f03adab6e3f86b5c843e008001570a782f9a1b8cf730bb2a370e371452d71abd',
      'df68d060d2adafc2c4794407118f8116d000715233b2550302115556380d1d5b' +
        '018ebce1c7fa412a8bc5e01e097b33db64d1e9117b3f7bdd8925f09b6594590a',
      '8165468866efe161e7d5394bcb5a72bb5dd30e8584ce00a5f87a89c861464ae5' +
        'ee9bfbbe542d3a80f86f83f2ebeaf2757beffc96e4c0431395bd94284f3c766e',
    ],
  },
  {
    algorithm: 'sha512',
    power: 31,
    state: 'ptofZ/D7qv25uKlyqBUwHEyY+mW3c9jDnjTc1jRqX3JOigib/YBk6IeFbJBXQN2VDDhsofD3+LLPfd2zrwgjqw==',
    digests: [
      'fb999065694d0695f8fd032d7a50ed5bf68de2bbd8c2b1f887539e835ca8c60e' +
        '7f6fa34e80d69c9f72b84ff869a4c36e12b07c53533457a267c2f6e4e90c5cd3',
      '0414cac598ebfa08e8e9c6d2544aa414385b9985c5d67d7a8746aa64324c715f' +
        'a96ff63351016d30dd2b89276252c121c71619f15496b5ca95785d0b25fe4dfd',
      'c3d3918bc3cf020c2cec1288e7a779635b3ac7767e767ec10e8f45145d47dc96' +
        'd7552fa6ca505597271cfff9999ed7bda11837ac367d1f293d71956569ca86af',
    ],
  },
  {
    algorithm: 'sha512',
    power: 32,
    state: 'dZSvr/4t5RkMbsNz+R9wkrnrslzHC7KukLITK8/KsIQzwkINnmtdY61cglMSQFv4XlWXa8kb0lHx+SmlBkYxPg==',
    digests: [
      '6626704a24218ba8e3e28bf11fee67fbcf72da8920378d4a6d30d069475fe39b' +
        '0f9609cfb4d5730b72b94b3567c980f322a5f229467a468acc99a84229682266',
      '43b5c6f434f71daae80a502212dc8c0e9e52d8b075d589afa430092eaf2d7f96' +
        '0cb097cb5ec656cdeaf87d5a9e61fa8e81665b07f40665fd8b09b6aeccb7f02f',
      '89fdc1f5c95f86d177144bc417b3513a669dae7f60c9e57fc2b39e0bfcd6dbb9' +
        'efdf6b339d1762fe3f5e7914f1b64abb6a97a2ceec1bbb2a381e3eb0d3c43781',
    ],
  },
];
