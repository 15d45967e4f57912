import { SingleBar } from "cli-progress";

export interface Bar {
  update(what: string, done: number, total: number): void;
  stop(): void;
}

/** A bar on a terminal that vanishes when it is stopped. */
export function createBar(stream: NodeJS.WritableStream): Bar {
  const bar = new SingleBar({
    stream,
    format: "{bar} {percentage} %  {what}",
    barCompleteChar: "━",
    barIncompleteChar: " ",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
  });
  bar.start(1, 0, { what: "" });
  return {
    update(what, done, total) {
      bar.setTotal(total);
      bar.update(done, { what });
    },
    stop: () => bar.stop(),
  };
}
