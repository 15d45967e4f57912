import { tensorType } from "../graph/type.ts";
import { tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { toRegExp } from "./regex-syntax.ts";
import { stringOperand, stringsOf } from "./string-operand.ts";

/** Whether the pattern (in RE2's syntax) matches the whole of each string of x. */
export const regexMatch = op("regexMatch", ["x"], {
  infer([x], { pattern }: { readonly pattern: string }) {
    wholeText(pattern);
    return tensorType("bool", stringOperand(x, "x").shape);
  },
  eval([x], { pattern }: { readonly pattern: string }) {
    const whole = wholeText(pattern);
    return tensor(
      "bool",
      x.shape,
      Uint8Array.from(stringsOf(x), (text) => (whole.test(text) ? 1 : 0)),
    );
  },
});

function wholeText(pattern: string): RegExp {
  const inner = toRegExp(pattern);
  return new RegExp(`^(?:${inner.source})$`, inner.flags);
}
