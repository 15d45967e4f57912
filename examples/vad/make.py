"""Makes speech.wav, three sentences with pauses, and expected.json, where each of them begins and ends in seconds.

    python3 make.py        needs numpy and Debian's espeak-ng
"""

import json
import subprocess
import wave
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
RATE = 16000
SENTENCES = [
    ("en-us", "Good morning to everybody.", 1.0),
    ("en-gb+f3", "The train leaves at noon.", 0.8),
    ("en-us", "Goodbye.", 0.9),
]


def speak(voice, text):
    """The sentence at RATE, without the silence around it."""
    data = subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "--stdout", text], check=True, capture_output=True).stdout
    start = data.index(b"data") + 8
    samples = np.frombuffer(data[start : start + (len(data) - start) // 2 * 2], np.int16) / 32768
    rate = int.from_bytes(data[24:28], "little")
    spectrum = np.fft.rfft(samples)
    count = len(samples) * RATE // rate
    resampled = np.fft.irfft(spectrum[: count // 2 + 1], count) * count / len(samples)
    loud = np.nonzero(np.abs(resampled) > 0.01)[0]
    return resampled[loud[0] : loud[-1] + 1]


parts = [np.zeros(int(0.7 * RATE))]
spans = []
for voice, text, pause in SENTENCES:
    sound = speak(voice, text) * 0.7
    start = sum(map(len, parts)) / RATE
    spans.append({"start": round(start, 3), "end": round(start + len(sound) / RATE, 3)})
    parts += [sound, np.zeros(int(pause * RATE))]
samples = np.concatenate(parts)
samples = samples + np.random.default_rng(1).normal(0, 0.0008, len(samples))

with wave.open(str(HERE / "speech.wav"), "wb") as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(RATE)
    file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
lines = ",\n".join("  " + json.dumps(span).replace("{", "{ ").replace("}", " }") for span in spans)
(HERE / "expected.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
