/** Mask registers, and the tiles of AMX. The notation is that of `instructions.ts`. */
export const maskInstructions = {
  kmovb: [
    "VEX.L0.66.0F.W0 90 /r : kG, kEb",
    "VEX.L0.66.0F.W0 91 /r : Mb, kG",
    "VEX.L0.66.0F.W0 92 /r : kG, Rd",
    "VEX.L0.66.0F.W0 93 /r : Gd, kR",
  ],
  kmovw: [
    "VEX.L0.0F.W0 90 /r : kG, kEw",
    "VEX.L0.0F.W0 91 /r : Mw, kG",
    "VEX.L0.0F.W0 92 /r : kG, Rd",
    "VEX.L0.0F.W0 93 /r : Gd, kR",
  ],
  kmovd: [
    "VEX.L0.66.0F.W1 90 /r : kG, kEd",
    "VEX.L0.66.0F.W1 91 /r : Md, kG",
    "VEX.L0.F2.0F.W0 92 /r : kG, Rd",
    "VEX.L0.F2.0F.W0 93 /r : Gd, kR",
  ],
  kmovq: [
    "VEX.L0.0F.W1 90 /r : kG, kEq",
    "VEX.L0.0F.W1 91 /r : Mq, kG",
    "VEX.L0.F2.0F.W1 92 /r : kG, Rq",
    "VEX.L0.F2.0F.W1 93 /r : Gq, kR",
  ],
  kandq: "VEX.L1.0F.W1 41 /r : kG, kB, kR",
  kandnq: "VEX.L1.0F.W1 42 /r : kG, kB, kR",
  korq: "VEX.L1.0F.W1 45 /r : kG, kB, kR",
  kxorq: "VEX.L1.0F.W1 47 /r : kG, kB, kR",
  knotq: "VEX.L0.0F.W1 44 /r : kG, kR",
} as const;
