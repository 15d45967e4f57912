import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { describe, expect, it } from "vitest";
import type { DecodeImage, LoadOptions, Tensor } from "../index.ts";
import { load, UsageError } from "../index.ts";
import { rejection } from "./testdata/models.ts";
import type { TestAttributes } from "./testdata/onnx-model.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

const model = (attributes: TestAttributes = {}) =>
  onnxModel({
    inputs: { file: "u8[N]" },
    nodes: [{ op: "ImageDecoder", name: "/decode", inputs: ["file"], outputs: ["y"], attributes }],
    outputs: ["y"],
  });

async function decode(file: Uint8Array, pixels?: string, options: LoadOptions = {}): Promise<Tensor> {
  using loaded = await load(model(pixels === undefined ? {} : { pixel_format: pixels }), options);
  const { y } = await loaded.run({ file: { dtype: "u8", shape: [file.length], data: file } });
  return y as Tensor;
}

const [width, height] = [19, 7];
const samples = (channels: number) => Uint8Array.from({ length: width * height * channels }, (_unused, i) => i * 37);

describe("ImageDecoder by the package that is installed", () => {
  it.each([3, 4])("decodes PNG of %d channels", async (channels) => {
    const data = samples(channels);
    const y = await decode(encodePng({ width, height, channels, data }));
    expect(y.shape).toEqual([height, width, 3]);
    expect(y.data).toEqual(data.filter((_sample, i) => i % channels < 3));
  });

  it.each(["Grayscale", "BGR"])("decodes grey PNG as %s, with 16 bits to the nearest of 8", async (pixels) => {
    const grey = samples(1);
    const wide = Uint16Array.from(grey, (sample) => Math.max(0, sample * 257 - 128));
    for (const file of [
      encodePng({ width, height, channels: 1, data: grey }),
      encodePng({ width, height, channels: 1, depth: 16, data: wide }),
    ]) {
      const { data } = await decode(file, pixels);
      expect(data).toEqual(pixels === "BGR" ? Uint8Array.from([...grey].flatMap((g) => [g, g, g])) : grey);
    }
  });

  it("decodes JPEG within two levels of another decoder", async () => {
    const smooth = Uint8Array.from({ length: 64 * 48 * 4 }, (_unused, i) => ((i >> 2) % 64) * 3 + (i % 4) * 12);
    const file = new Uint8Array(jpeg.encode({ width: 64, height: 48, data: smooth }, 92).data);
    const other = jpeg.decode(file, { useTArray: true, formatAsRGBA: false });
    const y = await decode(file);
    expect(y.shape).toEqual([48, 64, 3]);
    expect(Math.max(...other.data.map((sample, i) => Math.abs(sample - Number(y.data[i]))))).toBeLessThanOrEqual(2);
  });

  it("decodes PPM, PGM and PBM", async () => {
    const text = (of: string) => new TextEncoder().encode(of);
    expect((await decode(text("P3 2 1 255\n1 2 3 4 5 6\n"), "BGR")).data).toEqual(Uint8Array.of(3, 2, 1, 6, 5, 4));
    expect((await decode(text("P2 2 1 100\n0 100\n"), "Grayscale")).data).toEqual(Uint8Array.of(0, 255));
    expect((await decode(text("P1 2 1\n0 1\n"), "Grayscale")).data).toEqual(Uint8Array.of(255, 0));
  });

  it("gives a picture without pixels for damaged files and for other formats", async () => {
    const png = encodePng({ width, height, channels: 3, data: samples(3) });
    const photo = jpeg.encode({ width: 64, height: 48, data: new Uint8Array(64 * 48 * 4).fill(77) }, 90).data;
    const svg = new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='2' height='2'/>");
    for (const file of [png.subarray(0, 60), new Uint8Array(photo).subarray(0, 650), svg, svg.subarray(0, 0)]) {
      expect(await decode(file)).toEqual({ dtype: "u8", shape: [0, 0, 3], data: new Uint8Array(0) });
    }
  });
});

describe("ImageDecoder by the option decodeImage", () => {
  const flag: DecodeImage = (encoded, format) => ({
    width: 1,
    height: 1,
    data: Uint8Array.of(encoded.length, format.length, 9),
  });

  it("takes the place of the package, for that model alone", async () => {
    const file = Uint8Array.of(0x42, 0x4d, 0, 0);
    expect((await decode(file, "RGB", { decodeImage: flag })).data).toEqual(Uint8Array.of(4, 3, 9));
    expect((await decode(file, "RGB")).shape).toEqual([0, 0, 3]);
  });

  it("reaches the bodies of control flow", async () => {
    const branch = (inputs: readonly string[]) => ({
      nodes: [{ op: "ImageDecoder", inputs, outputs: ["picture"] }],
      outputs: ["picture"],
    });
    const choosing = onnxModel({
      inputs: { first: "bool[]", a: "u8[N]", b: "u8[M]" },
      nodes: [
        {
          op: "If",
          inputs: ["first"],
          outputs: ["y"],
          attributes: { then_branch: branch(["a"]), else_branch: branch(["b"]) },
        },
      ],
      outputs: ["y"],
    });
    const feeds = { first: [false], a: Uint8Array.of(0), b: Uint8Array.of(0x42, 0x4d, 0) };
    using byPackage = await load(choosing);
    expect((await byPackage.run(feeds)).y?.shape).toEqual([0, 0, 3]);
    using loaded = await load(choosing, { decodeImage: flag });
    const { y } = await loaded.run(feeds);
    expect(y?.data).toEqual(Uint8Array.of(3, 3, 9));
  });

  it("fails the run with what the decoder throws", async () => {
    const error = new RangeError("mine");
    const failing: DecodeImage = () => {
      throw error;
    };
    expect(await rejection(decode(Uint8Array.of(0x42, 0x4d), "RGB", { decodeImage: failing }))).toBe(error);
  });

  it("must be a function", async () => {
    const options = { decodeImage: "sharp" } as unknown as LoadOptions;
    expect(await rejection(load(model(), options))).toBeInstanceOf(UsageError);
  });
});
