import type { ExternalData } from "../formats/onnx/external-data.ts";
import { checkRange } from "../formats/onnx/memory-external-data.ts";
import { FormatError, UsageError } from "../tensor/errors.ts";
import { checkSignal } from "./check-signal.ts";
import type { ReadOptions } from "./read-options.ts";
import { readStream } from "./read-stream.ts";

export interface FetchedModel {
  readonly bytes: Uint8Array;
  /** Weights in other files: ranges of those beside the model's address. */
  readonly external: ExternalData;
}

/** Fetches a model. Throws FormatError when the server does not give it, AbortedError, LimitError. */
export async function readUrl(url: string, options: ReadOptions): Promise<FetchedModel> {
  const response = await fetchOk(url, options.signal);
  // A relative URL is one that the page resolves; the response tells what it stands for. Any other is kept: a redirect may lead to a storage that has the files under other names.
  const base = URL.canParse(url) ? url : response.url;
  return { bytes: await readResponse(response, options), external: urlExternalData(base, options) };
}

/** The body of a response. Throws FormatError when the server did not answer with success, UsageError when the body was read before. */
export async function readResponse(response: Response, options: ReadOptions): Promise<Uint8Array> {
  const label = response.url === "" ? "The response" : `"${response.url}"`;
  checkAnswer(response, label);
  if (response.bodyUsed) throw new UsageError(`${label} was read already. Pass a fresh response, or the bytes.`);
  if (response.body === null) return new Uint8Array();
  // The length that a server tells of a compressed body is that of the compressed one.
  const isCompressed = response.headers.get("content-encoding") !== null;
  const total = isCompressed ? 0 : Number(response.headers.get("content-length") ?? 0);
  return readStream(response.body, { label, total: Number.isSafeInteger(total) && total > 0 ? total : 0 }, options);
}

/** External data beside a model's address, read by range. A server that does not know ranges is asked once for the whole file. */
function urlExternalData(base: string, { signal, maxBytes }: ReadOptions): ExternalData {
  const whole = new Map<string, Uint8Array>();
  return {
    async read(location, offset, length) {
      if (length === 0) return new Uint8Array();
      const known = whole.get(location);
      if (known !== undefined) return rangeOf(known, { location, offset, length });
      const url = new URL(location.split("/").map(encodeURIComponent).join("/"), base).href;
      const end = length === undefined ? "" : String(offset + length - 1);
      const response = await tryFetch(url, signal, { Range: `bytes=${offset}-${end}` });
      if (response.status === 416) checkRange(location, offset, length, fullSize(response));
      const bytes = await readResponse(response, { signal, maxBytes });
      if (response.status !== 206) {
        whole.set(location, bytes);
        return rangeOf(bytes, { location, offset, length });
      }
      checkStart(response, location, offset);
      checkRange(location, offset, length, offset + bytes.length);
      return bytes.subarray(0, length);
    },
  };
}

interface Range {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

function rangeOf(bytes: Uint8Array, { location, offset, length }: Range): Uint8Array {
  checkRange(location, offset, length, bytes.length);
  return bytes.subarray(offset, length === undefined ? undefined : offset + length);
}

/** The size that a server tells when it does not have a range; 0 when it tells none. */
const fullSize = ({ headers }: Response): number =>
  Number(/^bytes \*\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] ?? 0);

/** Pages of other origins may not see the header; then the status alone counts. */
function checkStart({ headers }: Response, location: string, offset: number): void {
  const start = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1];
  if (start === undefined || Number(start) === offset) return;
  throw new FormatError(
    `The server gave "${location}" from byte ${start}, asked for ${offset}. Load the model from a server that answers ranges, or from files.`,
  );
}

async function fetchOk(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const response = await tryFetch(url, signal, {});
  checkAnswer(response, `"${url}"`);
  return response;
}

async function tryFetch(
  url: string,
  signal: AbortSignal | undefined,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    return await fetch(url, { headers, ...(signal && { signal }) });
  } catch (cause) {
    checkSignal(signal);
    const why = reasonOf(cause);
    throw new FormatError(`"${url}" cannot be fetched: ${why}. Check the address and the network.`, { cause });
  }
}

/** What a failed fetch says; Node keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}

function checkAnswer({ ok, status, statusText }: Response, label: string): void {
  if (ok) return;
  throw new FormatError(
    `${label} cannot be fetched: the server answered ${`${status} ${statusText}`.trim()}. Check the address.`,
  );
}
