import type { Arguments, Signature } from "./arguments.ts";
import { openArguments, wordsOf } from "./arguments.ts";
import { Builder } from "./builder.ts";
import type { Kernel } from "./node.ts";
import type { Target } from "./target.ts";

/** A kernel for one choice of options: what it is called with, and the function that builds it. */
export interface Definition<S extends Signature> {
  readonly signature: S;
  readonly build: (k: Builder, args: Arguments<S>) => void;
}

/** A kernel's name, and its IR for each choice of options and target. */
export interface KernelFamily<O> {
  readonly name: string;
  build(options: O, target: Target): Kernel;
}

class KernelBuilder extends Builder {
  kernel(name: string, signature: Signature): Kernel {
    const { scratchBytes } = this;
    return { name, words: wordsOf(signature), scratchBytes, legal: false, body: this.finish() };
  }
}

/** Declares a kernel. `define` gives its signature and its function for a choice of options. */
export function kernel<O, S extends Signature>(name: string, define: (options: O) => Definition<S>): KernelFamily<O> {
  return {
    name,
    build(options, target) {
      const { signature, build } = define(options);
      const k = new KernelBuilder(target);
      build(k, openArguments(k, signature));
      return k.kernel(name, signature);
    },
  };
}
