import { checkAllocation } from "../../regalloc/check.ts";
import type { Runs } from "../../testdata/collect-runs.ts";
import { collectRuns, linkRuns } from "../../testdata/collect-runs.ts";
import { compileX64 } from "../compile.ts";
import { x64Avx512 } from "../targets.ts";
import { runBochs } from "./run-bochs.ts";

const target = x64Avx512;

/** What runs give in one process of Bochs, an emulated processor with AVX-512. Whether a run reads what an earlier one wrote is for the caller to say. */
export const onBochs = <T>(runs: Runs<T>, { isChain = false }: { readonly isChain?: boolean } = {}): T =>
  collectRuns(
    {
      name: `${target.name} on Bochs`,
      target,
      lanes: 16,
      isChain,
      execute(collected) {
        const { code, entries } = linkRuns(
          collected,
          (kernel) => compileX64([kernel], { target, check: checkAllocation }).code,
        );
        const calls = collected.map(({ kernel, ...run }) => ({ ...run, entry: entries.get(kernel) as number }));
        return runBochs(code, calls);
      },
    },
    runs,
  );
