// @ts-check

/**
 * The shapes of data that the stages hand to each other.
 *
 * @typedef {readonly [x: number, y: number]} Point in pixels; x grows to the right and y downwards
 * @typedef {readonly [Point, Point, Point, Point]} Box clockwise, from the top left corner of the text
 *
 * @typedef {object} Picture an upright picture without transparency
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} data red, green, blue for each pixel, row by row
 *
 * @typedef {{ dtype: "f32", shape: number[], data: Float32Array }} FloatTensor
 *
 * @typedef {object} Session the part of a lanewise model that is used here; another engine can stand in for it
 * @property {readonly { name: string }[]} inputs
 * @property {readonly { name: string }[]} outputs
 * @property {{ readonly target: string }} info
 * @property {(feeds: Record<string, FloatTensor>) => Promise<Record<string, unknown>>} run
 * @property {() => unknown} dispose
 *
 * @typedef {object} Sessions
 * @property {Session} detection
 * @property {Session} direction
 * @property {Session} recognition
 *
 * @typedef {{ text: string, confidence: number, box: Box }} Line
 *
 * @typedef {object} Stage
 * @property {string} name
 * @property {number} ms
 * @property {string} [target] where the model of this stage ran; absent when no model took part
 */
export {};
