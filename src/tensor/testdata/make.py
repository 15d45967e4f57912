"""Writes the files beside it, which the tests of src/tensor read: numpy's own .npy and .npz files, and roundings by numpy, ml_dtypes
and onnx. Run it with numpy, ml_dtypes and onnx installed: python3 make.py"""

from pathlib import Path

import ml_dtypes
import numpy as np
from numpy.lib import format as npy
from onnx import TensorProto
from onnx.reference.ops.op_cast import cast_to

here = Path(__file__).parent
np.seterr(all="ignore")


def save_arrays():
    counts = np.arange(6).reshape(2, 3)
    arrays = {code: counts.astype(code) - (0 if code[1] == "u" else 2) for code in
              ["<f2", "<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", ">f2", ">f4", ">f8", ">i2", ">i4", ">i8", ">u8"]}
    arrays["|b1"] = counts % 2 == 1
    for code in ["<c8", "<c16", ">c8"]:
        arrays[code] = (counts + 1j * (counts - 3)).astype(code)
    arrays["U"] = np.array([["a", "", "grüß"], ["日本", "𝄞", "x y"]])
    arrays[">U"] = arrays["U"].astype(">U4")
    arrays["S"] = np.array([["a", "", "grüß"], ["b", "c", "x y"]], dtype=object)
    arrays["S"] = np.array([[s.encode() for s in row] for row in arrays["S"]])
    arrays["fortran"] = np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    arrays["fortran-c8"] = np.asfortranarray((counts + 1j * (counts - 3)).astype("<c8"))
    arrays["fortran-U"] = np.asfortranarray(arrays["U"])
    arrays["scalar"] = np.array(7, dtype=np.int64)
    arrays["empty"] = np.zeros((2, 0, 3), dtype=np.float32)
    arrays["special"] = np.array([np.nan, np.inf, -np.inf, -0.0], dtype=np.float32)
    arrays["i64-limits"] = np.array([-(2**63), 2**63 - 1, 2**53 + 1])
    np.savez_compressed(here / "arrays.npz", **arrays)
    np.savez(here / "stored.npz", **{"x": arrays["<f4"], "a/b": arrays["<i8"]})


def save_versions():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(here / f"version-{version[0]}.npy", "wb") as file:
            npy.write_array(file, array, version=version)
    np.save(here / "bfloat16.npy", array.astype(ml_dtypes.bfloat16))
    np.save(here / "objects.npy", np.array([None, {}], dtype=object), allow_pickle=True)
    np.save(here / "records.npy", np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]))


def rounding_inputs(dtypes):
    """Every value of the narrow types, every midpoint of neighbours, both sides of it, random bits, and the special values."""
    values = [np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1e-45, 1e-40, 3.4e38, 65519.9, 65520, 1e10])]
    for dtype in dtypes:
        width = np.dtype(dtype).itemsize
        raw = np.arange(256, dtype=np.uint8) if width == 1 else np.arange(0, 65536, 37, dtype=np.uint16)
        table = raw.view(dtype).astype(np.float64)
        table = np.unique(table[np.isfinite(table)])
        neighbours = table if width == 1 else table[table > 0]
        middle = (neighbours[1:] + neighbours[:-1]) / 2
        values += [table, middle] + ([np.nextafter(middle.astype(np.float32), np.float32(s)).astype(np.float64) for s in (-np.inf, np.inf)])
    bits = np.random.default_rng(5).integers(0, 2**32, 500, dtype=np.uint32)
    return np.unique(np.concatenate(values + [bits.view(np.float32)]).astype(np.float32))


def save_roundings():
    names = {"f8e4m3fn": "FLOAT8E4M3FN", "f8e4m3fnuz": "FLOAT8E4M3FNUZ", "f8e5m2": "FLOAT8E5M2", "f8e5m2fnuz": "FLOAT8E5M2FNUZ"}
    types = {"f8e4m3fn": ml_dtypes.float8_e4m3fn, "f8e4m3fnuz": ml_dtypes.float8_e4m3fnuz, "f8e5m2": ml_dtypes.float8_e5m2,
             "f8e5m2fnuz": ml_dtypes.float8_e5m2fnuz, "f8e8m0": ml_dtypes.float8_e8m0fnu, "f4e2m1": ml_dtypes.float4_e2m1fn}
    x = rounding_inputs([t for name, t in types.items() if name != "f8e8m0"])
    arrays = {"x": x, "f16": x.astype(np.float16).view(np.uint16), "bf16": x.astype(ml_dtypes.bfloat16).view(np.uint16)}
    for name, onnx_name in names.items():
        to = getattr(TensorProto, onnx_name)
        arrays[f"{name}-saturate"] = cast_to(x, to, saturate=True).view(np.uint8)
        arrays[f"{name}-overflow"] = cast_to(x, to, saturate=False).view(np.uint8)
    arrays["f4e2m1"] = x.astype(ml_dtypes.float4_e2m1fn).view(np.uint8)
    for name, dtype in types.items():
        size = 16 if name == "f4e2m1" else 256
        arrays[f"{name}-values"] = np.arange(size, dtype=np.uint8).view(dtype).astype(np.float32)
    # Doubles beside the midpoints of f16 that a detour over f32 would round wrongly.
    half = np.arange(0, 0x7BFF, 61, dtype=np.uint16).view(np.float16).astype(np.float64)
    step = np.spacing(half.astype(np.float16)).astype(np.float64)
    arrays["x64"] = np.concatenate([half + step / 2 * (1 + s * 2.0**-40) for s in (-1, 0, 1)])
    arrays["f16-of-x64"] = arrays["x64"].astype(np.float16).view(np.uint16)
    np.savez_compressed(here / "roundings.npz", **arrays)


save_arrays()
save_versions()
save_roundings()
