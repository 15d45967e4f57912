/** The typed arrays that hold repeated numeric fields. */
export type ScalarArray = Int32Array | BigInt64Array | BigUint64Array | Float32Array | Float64Array;
export type ScalarArrayConstructor =
  | Int32ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor;

/**
 * A repeated numeric field while it is read. Elements arrive one by one or in packed runs, in any mixture; a field that comes as
 * one run, as nearly all do, ends in an array of the exact size (or a view of the file) without a copy.
 */
export class ScalarList {
  readonly #array: ScalarArrayConstructor;
  #data: ScalarArray;
  #length = 0;

  constructor(array: ScalarArrayConstructor) {
    this.#array = array;
    this.#data = new array(0);
  }

  /** Makes room for `count` more elements. */
  reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#data.length) return;
    this.#resize(this.#length === 0 ? needed : Math.max(needed, 2 * this.#length));
  }

  push(value: number | bigint): void {
    if (this.#length === this.#data.length) this.#resize(Math.max(8, 2 * this.#length));
    (this.#data as { [index: number]: number | bigint })[this.#length++] = value;
  }

  /** Appends a whole run; the first one is kept as it is. */
  append(run: ScalarArray): void {
    if (this.#length === 0) this.#data = run;
    else {
      this.reserve(run.length);
      (this.#data as Float64Array).set(run as Float64Array, this.#length);
    }
    this.#length += run.length;
  }

  finish(): ScalarArray {
    return this.#length === this.#data.length ? this.#data : this.#data.slice(0, this.#length);
  }

  #resize(capacity: number): void {
    const grown = new this.#array(capacity);
    (grown as Float64Array).set(this.#data.subarray(0, this.#length) as Float64Array);
    this.#data = grown;
  }
}
