import type { Node } from "../../ir/node.ts";
import type { Leaf } from "../../ir/operations.ts";
import { formOf } from "../../ir/type.ts";
import { convertRules } from "./select-convert.ts";
import { floatRules } from "./select-float.ts";
import { integerRules } from "./select-integer.ts";
import { compareLanes, isMask, maskRules } from "./select-mask.ts";
import { memoryRules } from "./select-memory.ts";
import { quadRules } from "./select-quad.ts";
import { scalarRules } from "./select-scalar.ts";
import type { Rule } from "./selector.ts";

const isScalar = ({ type, args }: Node): boolean =>
  formOf(type) === "scalar" && args.every((arg) => formOf(arg.type) === "scalar");

/** One rule for scalars in general registers, one for lanes, and one for masks where they differ. */
const by =
  ({ scalar, lanes, mask = lanes }: { scalar: Rule; lanes: Rule; mask?: Rule }): Rule =>
  (s, node) => {
    const rule = isScalar(node) ? scalar : isMask(node) ? mask : lanes;
    rule(s, node);
  };

/** A comparison of floats is in vector registers even where it is of scalars. */
const comparison = (how: "lt" | "le" | "eq" | "ne"): Rule => {
  const [scalar, lanes] = [scalarRules[how], compareLanes(how)];
  return (s, node) => (node.args[0]?.type === "i32" ? scalar : lanes)(s, node);
};

/** Has no instruction of its own: it is made where it is used, or the function's emitter places it. */
const elsewhere: Rule = (_, node) => {
  throw new RangeError(`Bug: ${node.op} is not selected as an instruction.`);
};

/** Instructions for every leaf. */
export const rules = {
  param: elsewhere,
  result: elsewhere,
  loop: elsewhere,
  when: elsewhere,
  begin: elsewhere,
  end: elsewhere,
  argument: elsewhere,
  scratch: elsewhere,
  const: elsewhere,
  iota: elsewhere,
  ...floatRules,
  ...convertRules,
  ...quadRules,
  ...memoryRules,
  iadd: by({ scalar: scalarRules.iadd, lanes: integerRules.iadd }),
  isub: by({ scalar: scalarRules.isub, lanes: integerRules.isub }),
  imul: by({ scalar: scalarRules.imul, lanes: integerRules.imul }),
  imin: by({ scalar: scalarRules.imin, lanes: integerRules.imin }),
  imax: by({ scalar: scalarRules.imax, lanes: integerRules.imax }),
  idiv: scalarRules.idiv,
  irem: scalarRules.irem,
  and: by({ scalar: scalarRules.and, lanes: integerRules.and, mask: maskRules.and }),
  or: by({ scalar: scalarRules.or, lanes: integerRules.or, mask: maskRules.or }),
  xor: by({ scalar: scalarRules.xor, lanes: integerRules.xor, mask: maskRules.xor }),
  not: by({ scalar: scalarRules.not, lanes: maskRules.not }),
  shl: by({ scalar: scalarRules.shl, lanes: integerRules.shl }),
  shr: by({ scalar: scalarRules.shr, lanes: integerRules.shr }),
  sar: by({ scalar: scalarRules.sar, lanes: integerRules.sar }),
  dot2: integerRules.dot2,
  lookup16: integerRules.lookup16,
  lt: comparison("lt"),
  le: comparison("le"),
  eq: comparison("eq"),
  ne: comparison("ne"),
  select: by({ scalar: scalarRules.select, lanes: maskRules.select }),
  any: by({ scalar: scalarRules.any, lanes: maskRules.any }),
  all: by({ scalar: scalarRules.all, lanes: maskRules.all }),
} satisfies Record<Leaf, Rule>;
