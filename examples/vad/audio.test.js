// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import wavefile from "wavefile";
import { decodeSpeech, SAMPLE_RATE } from "./audio.js";

/**
 * @param {number} frequency
 * @param {number} rate
 * @param {number} amplitude
 */
function tone(frequency, rate, amplitude) {
  return Float64Array.from({ length: rate }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / rate));
}

/**
 * The amplitude of one frequency, away from the ends.
 * @param {Float32Array} samples
 * @param {number} frequency
 */
function amplitudeOf(samples, frequency) {
  const inner = samples.subarray(1000, -1000);
  let [cos, sin] = [0, 0];
  for (const [i, value] of inner.entries()) {
    cos += value * Math.cos((2 * Math.PI * frequency * i) / SAMPLE_RATE);
    sin += value * Math.sin((2 * Math.PI * frequency * i) / SAMPLE_RATE);
  }
  return (2 * Math.hypot(cos, sin)) / inner.length;
}

/**
 * @param {Float64Array[]} channels from -1 to 1
 * @param {number} rate
 * @param {string} depth
 */
function wavOf(channels, rate, depth) {
  const wav = new wavefile.WaveFile();
  wav.fromScratch(channels.length, rate, "32f", channels);
  wav.toBitDepth(depth);
  return wav.toBuffer();
}

for (const depth of ["8", "16", "24", "32", "32f", "64"]) {
  test(`${depth} bits are read from -1 to 1`, () => {
    const samples = decodeSpeech(wavOf([tone(1000, 16_000, 0.5)], 16_000, depth), "test.wav");
    assert.equal(samples.length, 16_000);
    assert.ok(Math.abs(amplitudeOf(samples, 1000) - 0.5) < 0.01);
  });
}

test("two channels at 44.1 kHz are averaged and converted, without echoes of what 16 kHz cannot hold", () => {
  const wav = wavOf([tone(1000, 44_100, 0.6), tone(12_000, 44_100, 0.4)], 44_100, "16");
  const samples = decodeSpeech(wav, "test.wav");
  assert.ok(Math.abs(samples.length - SAMPLE_RATE) <= 1);
  assert.ok(Math.abs(amplitudeOf(samples, 1000) - 0.3) < 0.01);
  assert.ok(amplitudeOf(samples, 4000) < 0.001);
});

test("A-law and mu-law telephone recordings are read", () => {
  for (const compress of /** @type {const} */ (["toALaw", "toMuLaw"])) {
    const wav = new wavefile.WaveFile(wavOf([tone(500, 8000, 0.5)], 8000, "16"));
    wav[compress]();
    assert.ok(Math.abs(amplitudeOf(decodeSpeech(wav.toBuffer(), "test.wav"), 500) - 0.5) < 0.02);
  }
});

test("what is no WAV file, or a broken one, is told by name", () => {
  assert.throws(() => decodeSpeech(new Uint8Array(), "empty.wav"), /empty\.wav .*the file is empty/);
  assert.throws(() => decodeSpeech(Buffer.from("ID3 something else"), "song.mp3"), /song\.mp3 .*expected a WAV file/);
  const whole = wavOf([tone(500, 16_000, 0.5)], 16_000, "16");
  assert.throws(
    () => decodeSpeech(whole.subarray(0, 30), "cut.wav"),
    /cut\.wav: expected a WAV file with a sound header/,
  );
});

test("a recording that was cut short is read as far as it goes", () => {
  const whole = wavOf([tone(500, 16_000, 0.5)], 16_000, "16");
  const samples = decodeSpeech(whole.subarray(0, 44 + 9001), "cut.wav");
  assert.equal(samples.length, 4500);
  assert.ok(Math.abs(amplitudeOf(samples, 500) - 0.5) < 0.01);
});
