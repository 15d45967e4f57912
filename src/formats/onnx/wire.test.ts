import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { FormatError, LimitError } from "../../tensor/errors.ts";
import { messages } from "./schema.ts";
import { decode } from "./wire.ts";

const { Varint, Bit32, Bit64, LengthDelimited, StartGroup, EndGroup } = WireType;

/** Bytes that a function writes. The writer is that of the protobuf library. */
function written(write: (w: BinaryWriter) => unknown): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

/** A message field around other bytes. */
const field = (number: number, content: Uint8Array) => written((w) => w.tag(number, LengthDelimited).bytes(content));
const raw = (...bytes: number[]) => Uint8Array.from(bytes);
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

describe("decode", () => {
  test("gives every field of an empty message its blank value", () => {
    const tensor = decode(raw(), "TensorProto");
    expect(Object.keys(tensor)).toHaveLength(Object.keys(messages.TensorProto).length);
    expect(tensor.name).toBe("");
    expect(tensor.dims).toEqual([]);
    expect(tensor.int64Data).toEqual(new BigInt64Array(0));
    expect(tensor.rawData).toBeUndefined();
    expect(tensor.dataType).toBeUndefined();
  });

  test("reads scalars at their extremes", () => {
    const attribute = decode(
      written((w) =>
        w
          .tag(2, Bit32)
          .float(-0.5)
          .tag(3, Varint)
          .int64(-(2n ** 63n))
          .tag(20, Varint)
          .int32(2),
      ),
      "AttributeProto",
    );
    expect([attribute.f, attribute.i, attribute.type]).toEqual([-0.5, -(2n ** 63n), 2]);
    const tensor = decode(
      written((w) =>
        w
          .tag(2, Varint)
          .int32(-7)
          .tag(1, Varint)
          .int64(2 ** 53 - 1)
          .tag(11, Varint)
          .uint64(2n ** 64n - 1n),
      ),
      "TensorProto",
    );
    expect([tensor.dataType, tensor.dims, [...tensor.uint64Data]]).toEqual([-7, [2 ** 53 - 1], [2n ** 64n - 1n]]);
  });

  test("reads repeated numbers packed, one by one and mixed", () => {
    const bytes = written((w) => {
      w.tag(8, Varint).int64(1).tag(8, Varint).int64(-1);
      w.tag(8, LengthDelimited)
        .fork()
        .int64(300)
        .int64(2n ** 40n)
        .join();
      w.tag(8, Varint).int64(5);
      w.tag(7, Bit32).float(1.5);
      w.tag(7, LengthDelimited).fork().float(2.5).float(3.5).join();
      w.tag(7, Bit32).float(4.5);
    });
    const { ints, floats } = decode(bytes, "AttributeProto");
    expect([...ints]).toEqual([1n, -1n, 300n, 2n ** 40n, 5n]);
    expect([...floats]).toEqual([1.5, 2.5, 3.5, 4.5]);
    const dims = written((w) => w.tag(1, Varint).int64(2).tag(1, LengthDelimited).fork().int64(3).int64(0).join());
    expect(decode(dims, "TensorProto").dims).toEqual([2, 3, 0]);
  });

  test("reads many numbers one by one, and an empty packed run", () => {
    const many = written((w) => {
      for (let i = 0; i < 1000; i++) w.tag(8, Varint).int64(i);
      w.tag(8, LengthDelimited).fork().join();
    });
    expect([...decode(many, "AttributeProto").ints]).toEqual(Array.from({ length: 1000 }, (_, i) => BigInt(i)));
  });

  test.each([0, 1, 2, 3])("reads packed floats and doubles shifted by %i bytes", (shift) => {
    const name = "x".repeat(shift);
    const bytes = written((w) => {
      w.tag(8, LengthDelimited).string(name);
      w.tag(4, LengthDelimited).fork().float(1.5).float(-2).join();
      w.tag(10, LengthDelimited).fork().double(0.1).join();
    });
    const tensor = decode(bytes, "TensorProto");
    expect([...tensor.floatData, ...tensor.doubleData]).toEqual([1.5, -2, 0.1]);
  });

  test("keeps bytes as views of the file, also when it is a Buffer", () => {
    const file = Buffer.from(written((w) => w.tag(9, LengthDelimited).bytes(raw(1, 2, 3))));
    const { rawData } = decode(file, "TensorProto");
    expect(rawData).toEqual(raw(1, 2, 3));
    expect((rawData as Uint8Array).buffer).toBe(file.buffer);
    expect(rawData?.constructor).toBe(Uint8Array);
  });

  test("skips unknown fields of every wire type, groups too", () => {
    const bytes = written((w) => {
      w.tag(100, Varint).int64(-1).tag(101, Bit32).float(1).tag(102, Bit64).double(1);
      w.tag(103, LengthDelimited).string("text");
      w.tag(104, StartGroup).tag(1, Varint).int32(5).tag(2, StartGroup).tag(2, EndGroup).tag(104, EndGroup);
      w.tag(2, LengthDelimited).string("kept");
    });
    expect(decode(bytes, "GraphProto").name).toBe("kept");
  });

  test("takes the last of a scalar that is given twice", () => {
    const bytes = written((w) => w.tag(2, LengthDelimited).string("a").tag(2, LengthDelimited).string("b"));
    expect(decode(bytes, "GraphProto").name).toBe("b");
  });

  test("reads text beyond ASCII, with a byte-order mark kept", () => {
    const name = `\ufeff漢字 ${"é".repeat(200)}`;
    expect(
      decode(
        written((w) => w.tag(2, LengthDelimited).string(name)),
        "GraphProto",
      ).name,
    ).toBe(name);
  });
});

describe("decode refuses", () => {
  const inNode = (content: Uint8Array) => field(7, join(field(1, raw()), field(1, content)));
  const cases: [string, Uint8Array, RegExp][] = [
    [
      "a length beyond the file",
      raw(0x3a, 0x05, 0x0a),
      /ModelProto at byte 2 of 3: graph claims 5 bytes, the file has 1 left/,
    ],
    [
      "a length beyond its message",
      join(inNode(raw(0x1a, 0x09, 0x61)), raw(0x08, 0x07)),
      /ModelProto\.graph\.node\[1\] at byte \d+ of \d+: name claims 9 bytes, its message has 1 left/,
    ],
    ["a length of more than 32 bits", raw(0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f), /length of graph does not fit/],
    [
      "a length of ten bytes",
      raw(0x3a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01),
      /length of graph does not fit/,
    ],
    ["a varint of eleven bytes", join(raw(0x08), new Uint8Array(11).fill(0x80), raw(1)), /invalid varint/],
    ["a varint cut off by the end", raw(0x08, 0x80), /premature EOF/],
    [
      "a varint that runs out of its message",
      field(7, join(field(1, raw()), raw(0x98, 0x80))),
      /premature EOF|runs past/,
    ],
    ["a float cut off by the end", inNode(field(5, raw(0x15, 0, 0))), /attribute\[0\]/],
    ["field number 0", raw(0x02, 0x00), /illegal tag/],
    ["wire type 6", raw(0x0e, 0x00), /illegal tag/],
    ["a known field of the wrong wire type", raw(0x38, 0x01), /graph has wire type 0, expected 2/],
    ["a known field as a group", raw(0x3b, 0x3c), /graph has wire type 3, expected 2/],
    ["the end of a group that was not begun", raw(0x7c), /wire type 4/],
    ["a group that never ends", raw(0xa3, 0x06), /premature EOF|illegal tag/],
    ["groups nested without end", new Uint8Array(1000).fill(0x7b), /recursion/],
    ["a graph that is given twice", join(field(7, raw()), field(7, raw())), /graph is given twice/],
    ["text that is not UTF-8", field(2, raw(0x61, 0xff)), /not valid UTF-8/],
    [
      "packed floats of 5 bytes",
      inNode(field(5, field(7, new Uint8Array(5)))),
      /floats has 5 bytes, not a multiple of 4/,
    ],
    ["a packed varint cut off", inNode(field(5, join(field(8, raw(0x80)), raw(0x01)))), /ints is cut off/],
    ["a packed dim cut off", field(7, field(5, join(field(1, raw(0x80)), raw(0x08, 0x01)))), /dims is cut off/],
    [
      "a dim beyond 2^53",
      field(
        7,
        field(
          5,
          written((w) => w.tag(1, Varint).int64(2n ** 53n)),
        ),
      ),
      /initializer\[0\] .*dims is 9007199254740992, beyond 2\^53/,
    ],
  ];
  test.each(cases)("%s", (_, bytes, message) => {
    const read = () => decode(bytes, "ModelProto");
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^Cannot read ModelProto.* at byte \d+ of \d+: .*export or download it again\.$/s);
  });

  const nested = (levels: number): Uint8Array => (levels === 0 ? raw() : field(4, field(1, nested(levels - 1))));
  test.each([
    [
      "nodes",
      field(7, join(field(1, raw()), field(1, raw()), field(1, raw()))),
      { maxNodes: 2 },
      /node\[2\].*more than 2 nodes.*limits\.maxNodes/,
    ],
    [
      "messages",
      field(7, join(field(1, raw()), field(1, raw()), field(1, raw()))),
      { maxMessages: 4 },
      /more than 4 messages.*limits\.maxMessages/,
    ],
  ])("more %s than the limit", (_, bytes, limits, message) => {
    expect(() => decode(bytes, "ModelProto", limits)).toThrow(LimitError);
    expect(() => decode(bytes, "ModelProto", limits)).toThrow(message);
  });

  test("nesting beyond the limit", () => {
    expect(() => decode(nested(50), "TypeProto")).not.toThrow();
    expect(() => decode(nested(51), "TypeProto")).toThrow(LimitError);
    expect(() => decode(nested(2000), "TypeProto")).toThrow(/levels of nesting.*limits\.maxNesting/);
  });

  test("claims of giant arrays, before it allocates", () => {
    const claim = join(raw(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f), raw(1, 2, 3));
    expect(() => decode(claim, "ModelProto")).toThrow(/graph claims 4294967295 bytes, the file has 3 left/);
  });
});
