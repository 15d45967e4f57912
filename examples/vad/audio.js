// @ts-check
import { readFile } from "node:fs/promises";
import wavefile from "wavefile";
import { messageOf, UserError } from "./errors.js";

/** Samples a second that the network was trained on. */
export const SAMPLE_RATE = 16_000;

/**
 * Reads a WAV file of any sample rate, channels and bit depth.
 * @param {string} path
 * @returns {Promise<Float32Array>} one channel at SAMPLE_RATE, from -1 to 1
 */
export async function readSpeech(path) {
  return decodeSpeech(await readBytes(path), path);
}

/** @param {string} path */
async function readBytes(path) {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason =
      code === "ENOENT"
        ? "there is no such file. Check the path"
        : code === "EISDIR"
          ? "it is a folder. Name one WAV file in it"
          : `${messageOf(error)}. Check that the file may be read`;
    throw new UserError(`Cannot read the recording ${path}: ${reason}.`, { cause: error });
  }
}

/**
 * Decodes a WAV file: channels are averaged, other sample rates converted. One that was cut short, as tools that record
 * into a pipe leave it, is read as far as it goes.
 * @param {Uint8Array} bytes
 * @param {string} name for messages
 * @returns {Float32Array}
 */
export function decodeSpeech(bytes, name) {
  const kind = String.fromCharCode(...bytes.subarray(0, 4), ...bytes.subarray(8, 12));
  if (!/^(RIFF|RIFX|RF64)WAVE$/.test(kind)) {
    const got = bytes.length === 0 ? "the file is empty" : "it does not begin like one";
    throw new UserError(
      `${name} is not a recording that can be read: expected a WAV file, but ${got}. Convert it, for example with ` +
        `"ffmpeg -i INPUT OUTPUT.wav".`,
    );
  }
  try {
    return toMono16k(decodeWav(bytes));
  } catch (error) {
    throw new UserError(
      `Cannot decode the recording ${name}: expected a WAV file with a sound header, but the decoder says "${messageOf(error)}". ` +
        "Export or download it again.",
      { cause: error },
    );
  }
}

/** @param {Uint8Array} bytes */
function decodeWav(bytes) {
  const wav = new wavefile.WaveFile(bytes);
  const { sampleRate, numChannels } = /** @type {{ sampleRate: number, numChannels: number }} */ (wav.fmt);
  if (!(sampleRate > 0) || !(numChannels > 0)) throw new Error(`${numChannels} channels at ${sampleRate} Hz`);
  if (wav.bitDepth === "4") wav.fromIMAADPCM("32f");
  else if (wav.bitDepth === "8a") wav.fromALaw("32f");
  else if (wav.bitDepth === "8m") wav.fromMuLaw("32f");
  else wav.toBitDepth("32f");
  const samples = /** @type {Float32Array | Float32Array[]} */ (
    /** @type {unknown} */ (wav.getSamples(false, Float32Array))
  );
  return { sampleRate, channels: Array.isArray(samples) ? samples : [samples] };
}

/**
 * @param {{ sampleRate: number, channels: Float32Array[] }} recording
 * @returns {Float32Array}
 */
function toMono16k({ sampleRate, channels }) {
  const mono = channels[0].map((_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length);
  if (sampleRate === SAMPLE_RATE || mono.length === 0) return mono;
  const wav = new wavefile.WaveFile();
  wav.fromScratch(1, sampleRate, "32f", mono);
  wav.toSampleRate(SAMPLE_RATE);
  return Float32Array.from(wav.getSamples(false, Float32Array));
}
