// Which files a hub keeps in Git LFS: their digest is a sha256, other files' is a git blob id.
// The rule is that of a new repository on huggingface.co: these extensions, and whatever is large.

/** Plain git refuses files of more than 10 MiB there. */
const LFS_BYTES = 10 * 1024 * 1024;

const LFS_EXTENSIONS = new Set([
  ...['7z', 'arrow', 'avro', 'bin', 'bz2', 'ckpt', 'ftz', 'gguf', 'gz', 'h5', 'joblib', 'mlmodel', 'model'],
  ...['msgpack', 'npy', 'npz', 'onnx', 'ot', 'parquet', 'pb', 'pickle', 'pkl', 'pt', 'pth', 'rar'],
  ...['safetensors', 'tar', 'tflite', 'tgz', 'wasm', 'xz', 'zip', 'zst'],
]);

export function isLfsFile(path: string, size: number): boolean {
  if (size >= LFS_BYTES) return true;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.includes('tfevents') || path.startsWith('saved_model/')) return true;
  const dot = name.lastIndexOf('.');
  return dot >= 0 && LFS_EXTENSIONS.has(name.slice(dot + 1));
}
