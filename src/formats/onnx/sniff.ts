/** What a file that is no ONNX model looks like, told by its first bytes. */
interface Foreign {
  readonly is: (head: Uint8Array, text: string) => boolean;
  readonly what: string;
}

const startsWith =
  (...bytes: number[]) =>
  (head: Uint8Array): boolean =>
    bytes.every((byte, i) => head[i] === byte);
const textStartsWith =
  (pattern: RegExp) =>
  (_: Uint8Array, text: string): boolean =>
    pattern.test(text);
const textAt = (offset: number, tag: string) => (_: Uint8Array, text: string) => text.startsWith(tag, offset);

/** Asked in this order; the first that fits names the file. */
const kinds: readonly Foreign[] = [
  {
    is: textStartsWith(/^version https:\/\/git-lfs/),
    what: "It is a git-lfs pointer, not the model itself: run `git lfs pull` where it was cloned, or download the file again",
  },
  {
    is: startsWith(0x50, 0x4b, 0x03, 0x04),
    what: "It looks like a zip archive (a PyTorch .pt or .pth file is one too): unpack it and load the .onnx file inside, or export the PyTorch model with torch.onnx.export",
  },
  { is: startsWith(0x1f, 0x8b), what: "It looks like a gzip archive: unpack it and load the .onnx file inside" },
  {
    is: startsWith(0x28, 0xb5, 0x2f, 0xfd),
    what: "It looks like a zstd archive: unpack it and load the .onnx file inside",
  },
  {
    is: startsWith(0x37, 0x7a, 0xbc, 0xaf),
    what: "It looks like a 7z archive: unpack it and load the .onnx file inside",
  },
  {
    is: startsWith(0xfd, 0x37, 0x7a, 0x58),
    what: "It looks like an xz archive: unpack it and load the .onnx file inside",
  },
  { is: textAt(257, "ustar"), what: "It looks like a tar archive: unpack it and load the .onnx file inside" },
  { is: textAt(0, "GGUF"), what: "It looks like a GGUF model; an ONNX export of the model is needed" },
  { is: textAt(4, "TFL3"), what: "It looks like a TensorFlow Lite model: convert it with tf2onnx" },
  { is: textAt(4, "ORTM"), what: "It looks like an ORT-format model: use the .onnx file that it was made from" },
  {
    is: textAt(8, '{"'),
    what: "It looks like a safetensors file, which holds weights without a graph: export the model to ONNX",
  },
  { is: startsWith(0x89, 0x48, 0x44, 0x46), what: "It looks like an HDF5 (Keras) file: convert it with tf2onnx" },
  { is: startsWith(0x93, 0x4e, 0x55, 0x4d), what: "It looks like a .npy array; a model is needed" },
  { is: startsWith(0x89, 0x50, 0x4e, 0x47), what: "It looks like a PNG picture; a model is needed" },
  { is: startsWith(0xff, 0xd8, 0xff), what: "It looks like a JPEG picture; a model is needed" },
  {
    is: (head) => head[0] === 0x80 && (head[1] as number) >= 2 && (head[1] as number) <= 5,
    what: "It looks like a Python pickle (an old PyTorch file is one): export the model with torch.onnx.export",
  },
  {
    is: textStartsWith(/^\s*(<!doctype html|<html)/i),
    what: "It is an HTML page, perhaps an error page instead of the download: get the raw file",
  },
  {
    is: textStartsWith(/^\s*(<\s*ir_version|ir_version\s*:)/),
    what: "It is a model written as text: convert it to the binary format with the onnx Python package (onnx.parser or google.protobuf.text_format)",
  },
  { is: textStartsWith(/^\s*[{[]/), what: "It looks like JSON; a binary .onnx file is needed" },
];

/** Says what a file is that could not be read as a model, as a sentence without its full stop; undefined when nothing fits. */
export function describeForeignFile(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, 512);
  const text = String.fromCharCode(...head);
  const known = kinds.find(({ is }) => is(head, text));
  if (known !== undefined) return known.what;
  if (!/^[\t\n\r\x20-\x7e]+$/.test(text)) return undefined;
  const start = text.trim().split(/\s+/).join(" ").slice(0, 40);
  return `It is text that begins with "${start}"; a binary .onnx file is needed`;
}
