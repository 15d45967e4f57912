/** Reads the rows of the instruction tables: how one form of an instruction is encoded, and which operands it takes. */
import { invariant } from "../../tensor/errors.ts";
import type { RegKind } from "./registers.ts";

/** Where an operand goes: ModRM.reg, ModRM.rm, VEX.vvvv, imm8[7:4], the opcode's low bits, or (implied) nowhere. */
export type Slot = "reg" | "rm" | "vvvv" | "is4" | "opcode" | "immediate" | "label" | "implied";

/** What an operand may be. */
export interface Shape {
  readonly slot: Slot;
  /** The register that it may be. */
  readonly register?: RegKind;
  /** Whether it may be memory: any, only with a vector of indices, only with an index. */
  readonly memory: false | true | "vsib" | "sib";
  /** As the row spells it: x is the vector's width, y 32 or 64 bits, bs a byte that is sign-extended. */
  readonly size: string;
  /** The size where it is fixed, else 0; and the part of the width where it follows that, else 0. */
  readonly bytes: number;
  readonly part: number;
}

/** One form of an instruction. */
export interface Form {
  readonly row: string;
  readonly space: "legacy" | "vex" | "evex";
  /** None, 66, F3, F2 (as VEX counts them), or F0, which is lock. */
  readonly prefix: number;
  /** 0 one byte, 1 0F, 2 0F38, 3 0F3A. */
  readonly map: number;
  readonly opcode: number;
  /** W; "y" follows the width. */
  readonly w: 0 | 1 | "y";
  /** Fixed vector length in bits, 0 where it is ignored; "x" follows the width. */
  readonly length: number | "x";
  /** The opcode extension in ModRM.reg, or whether there is a ModRM byte. */
  readonly modrm: number | "/r" | "none";
  /** What follows the opcode in instructions without operands. */
  readonly trailing: readonly number[];
  readonly shapes: readonly Shape[];
  readonly masked: boolean;
  readonly zeroed: boolean;
  /** Bytes of a broadcast element; 0 where there is no broadcast. */
  readonly broadcast: number;
  /** Widths that choose this form; undefined where the width says nothing. */
  readonly widths: readonly number[] | undefined;
}

const slots: Readonly<Record<string, Pick<Shape, "slot" | "register" | "memory">>> = {
  G: { slot: "reg", register: "gpr", memory: false },
  E: { slot: "rm", register: "gpr", memory: true },
  R: { slot: "rm", register: "gpr", memory: false },
  B: { slot: "vvvv", register: "gpr", memory: false },
  Z: { slot: "opcode", register: "gpr", memory: false },
  M: { slot: "rm", memory: true },
  V: { slot: "reg", register: "vec", memory: false },
  H: { slot: "vvvv", register: "vec", memory: false },
  W: { slot: "rm", register: "vec", memory: true },
  U: { slot: "rm", register: "vec", memory: false },
  L: { slot: "is4", register: "vec", memory: false },
  vm: { slot: "rm", memory: "vsib" },
  sm: { slot: "rm", memory: "sib" },
  kG: { slot: "reg", register: "mask", memory: false },
  kB: { slot: "vvvv", register: "mask", memory: false },
  kE: { slot: "rm", register: "mask", memory: true },
  kR: { slot: "rm", register: "mask", memory: false },
  tG: { slot: "reg", register: "tile", memory: false },
  tB: { slot: "vvvv", register: "tile", memory: false },
  tR: { slot: "rm", register: "tile", memory: false },
  rA: { slot: "implied", register: "gpr", memory: false },
  1: { slot: "implied", memory: false },
  I: { slot: "immediate", memory: false },
  J: { slot: "label", memory: false },
};

const operandPattern =
  /^(vm|sm|rA|[kt][GBER]|[GERBZMVHWULIJ1])(x\/[248]|bs|dq|qq|zz|[bwdqxyz])?(?:\/m(32|64)bcst)?( \{k\})?(\{z\})?$/;

const fixedBytes: Readonly<Record<string, number>> = { b: 1, bs: 1, w: 2, d: 4, z: 4, q: 8, dq: 16, qq: 32, zz: 64 };

/** "x/4" is a quarter of the width. */
function parseSize(size: string): Pick<Shape, "size" | "bytes" | "part"> {
  const bytes = fixedBytes[size] ?? 0;
  return { size, bytes, part: bytes > 0 || size === "" ? 0 : 1 / Number(size.split("/")[1] ?? 1) };
}

/** Bytes of memory, of an immediate, or of the part of a register that counts, at a width in bits; 0 where the row does not say. */
export const bytesOf = ({ bytes, part }: Shape, width: number): number => bytes + (part * width) / 8;

function parseOperands(row: string, text: string) {
  let [masked, zeroed, broadcast] = [false, false, 0];
  const shapes =
    text === ""
      ? []
      : text.split(", ").map((operand): Shape => {
          const match = operandPattern.exec(operand);
          const slot = match === null ? undefined : slots[match[1] ?? ""];
          invariant(match !== null && slot !== undefined, `the row "${row}" has an unknown operand "${operand}".`);
          if (match[3] !== undefined) broadcast = Number(match[3]) / 8;
          masked ||= match[4] !== undefined;
          zeroed ||= match[5] !== undefined;
          return { ...slot, ...parseSize(match[2] ?? "") };
        });
  return { shapes, masked, zeroed, broadcast };
}

const prefixes = ["NP", "66", "F3", "F2", "F0"];
const maps = ["", "0F", "0F38", "0F3A"];
const isByte = (token: string | undefined) => token !== undefined && /^[0-9A-F]{2}(\+r)?$/.test(token);

/** "VEX.128.66.0F38.W0": the length, the prefix, the map and W. */
function parseVector(fields: readonly string[]) {
  const length = fields.find((field) => /^(128|256|512|L[01IGZ]+)$/.test(field));
  const fixed: Readonly<Record<string, number>> = { L0: 128, L1: 256, LZ: 128, LIG: 0 };
  const w = fields.at(-1);
  return {
    prefix: Math.max(0, ...fields.map((field) => prefixes.indexOf(field))),
    map: Math.max(...fields.map((field) => maps.indexOf(field))),
    w: w === "Wy" ? "y" : w === "W1" ? 1 : 0,
    length: length === undefined ? "x" : (fixed[length] ?? Number(length)),
  } as const;
}

/** "REX.W", "66", "0F 38": what stands before the opcode. */
function parseLegacy(tokens: string[], follows: boolean) {
  const rex = tokens[0] === "REX.W" && tokens.shift() !== undefined;
  const prefixed = prefixes.includes(tokens[0] ?? "") && isByte(tokens[1]);
  const prefix = prefixed ? prefixes.indexOf(tokens.shift() ?? "") : 0;
  let map = 0;
  if (tokens[0] === "0F" && isByte(tokens[1])) {
    tokens.shift();
    map = 1;
    const longer = maps.indexOf(`0F${tokens[0]}`);
    if (longer > 0 && isByte(tokens[1])) {
      tokens.shift();
      map = longer;
    }
  }
  return { prefix, map, w: rex ? 1 : follows ? "y" : 0, length: 0 } as const;
}

function parseModrm(tokens: readonly string[]): Form["modrm"] {
  const slash = tokens.find((token) => token.startsWith("/"));
  if (slash === undefined) return "none";
  return slash === "/r" ? "/r" : Number(slash.slice(1));
}

function widthsOf(space: Form["space"], length: Form["length"], shapes: readonly Shape[]) {
  if (space !== "legacy" && length === "x") return space === "vex" ? [128, 256] : [128, 256, 512];
  if (shapes.some(({ size }) => size === "y")) return [32, 64];
  if (space !== "legacy") return length === 0 ? undefined : [Number(length)];
  const operand = shapes.find(({ slot }) => slot === "rm" || slot === "opcode" || slot === "implied");
  return operand === undefined || operand.size === "" ? undefined : [8 * operand.bytes];
}

function parseForm(row: string): Form {
  const [encoding = "", operands = ""] = row.split(" : ");
  const tokens = encoding.split(" ");
  const parsed = parseOperands(row, operands);
  const head = tokens[0] ?? "";
  const space = head.startsWith("VEX.") ? "vex" : head.startsWith("EVEX.") ? "evex" : "legacy";
  const followsWidth = parsed.shapes.some(({ size }) => size === "y");
  const fields = space === "legacy" ? parseLegacy(tokens, followsWidth) : parseVector(head.split(".").slice(1));
  if (space !== "legacy") tokens.shift();
  invariant(isByte(tokens[0]) && fields.map >= 0, `the row "${row}" has no opcode.`);
  return {
    row,
    space,
    ...fields,
    opcode: Number.parseInt(tokens[0] ?? "", 16),
    modrm: parseModrm(tokens),
    trailing: tokens
      .slice(1)
      .filter(isByte)
      .map((token) => Number.parseInt(token, 16)),
    ...parsed,
    widths: widthsOf(space, fields.length, parsed.shapes),
  };
}

/** All forms of one mnemonic, best first. Where all of them take one width, no width has to be given. */
export function parseForms(rows: string | readonly string[]): readonly Form[] {
  const forms = (typeof rows === "string" ? [rows] : rows).map(parseForm);
  const widths = new Set(forms.flatMap((form) => form.widths ?? []));
  return widths.size > 1 ? forms : forms.map((form) => ({ ...form, widths: undefined }));
}
