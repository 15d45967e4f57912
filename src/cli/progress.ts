import type { LoadProgress } from "../api/load.ts";
import type { Io } from "./io.ts";
import type { Bar } from "./progress-bar.ts";

const quietMs = 1000;

/** How far something has come, shown on standard error when that is a terminal and a second has gone by. */
export class Progress {
  readonly #io: Io;
  readonly #start = performance.now();
  #bar: Bar | undefined;
  #isLoading = false;
  #isOver = false;

  constructor(io: Io) {
    this.#io = io;
  }

  /** Says that `done` of `total` steps of `what` are done. Cheap when nothing is shown. */
  update(what: string, done: number, total: number): void {
    if (this.#io.stderr.isTTY !== true || performance.now() - this.#start < quietMs) return;
    this.#bar?.update(what, done, total);
    if (this.#isLoading) return;
    this.#isLoading = true;
    import("./progress-bar.ts").then(({ createBar }) => {
      if (!this.#isOver) this.#bar = createBar(this.#io.stderr);
    });
  }

  /** For the option onProgress of load. */
  readonly loading = ({ stage, done, total }: LoadProgress): void => this.update(`loading: ${stage}`, done, total);

  /** Takes the bar away. */
  stop(): void {
    this.#isOver = true;
    this.#bar?.stop();
  }
}
