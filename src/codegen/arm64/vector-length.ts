import { Assembler } from "./assembler.ts";

/** `int entry(word, unused)`: writes how many 32-bit lanes an SVE vector has here to the word that it is given, and returns 0. */
export function vectorLength(): Assembler {
  const code = new Assembler();
  const [word, lanes] = [0, 9];
  code.emit("cntw", lanes, 1);
  code.emit("str_w", lanes, word, 0);
  code.emit("movz_w", word, 0, 0);
  code.emit("ret");
  return code;
}
