//! Times the row norms of tract-linalg: `tract-rms-norm 1024 2048 4096` prints nanoseconds a row as JSON.

use std::hint::black_box;
use std::time::Instant;

type Norm = fn(&mut [f32], f32);

/// The kernels that run on this processor, by tract's names for their kind.
fn kernels() -> Vec<(&'static str, Norm)> {
    #[allow(unused_mut)]
    let mut all: Vec<(&'static str, Norm)> = vec![("generic", tract_linalg::generic::rms_norm::rms_norm_f32)];
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx512f") {
        all.push(("avx512", tract_linalg::x86_64::rms_norm::rms_norm_f32));
    }
    #[cfg(target_arch = "aarch64")]
    all.push(("neon", tract_linalg::arm64::arm64simd_rms_norm_f32));
    all
}

/// The least of many means over calls that last about 2 ms together.
fn nanoseconds(norm: Norm, size: usize) -> f64 {
    let mut storage = vec![0f32; size + 16];
    let start = storage.as_ptr().align_offset(64);
    let row = &mut storage[start..start + size];
    for (i, x) in row.iter_mut().enumerate() {
        *x = (i as f32 / 10.0).sin() * 5.0;
    }
    let mut timed = |calls: usize| {
        let before = Instant::now();
        for _ in 0..calls {
            norm(black_box(&mut *row), 1e-5);
        }
        before.elapsed().as_nanos() as f64
    };
    let mut calls = 1;
    while timed(calls) < 2e6 {
        calls *= 2;
    }
    (0..40).map(|_| timed(calls) / calls as f64).fold(f64::INFINITY, f64::min)
}

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).map(|size| size.parse().expect("a size is a whole number")).collect();
    let rows: Vec<String> = kernels()
        .into_iter()
        .flat_map(|(kernel, norm)| sizes.iter().map(move |&size| (kernel, size, nanoseconds(norm, size))))
        .map(|(kernel, size, ns)| format!("{{\"kernel\":\"{kernel}\",\"size\":{size},\"ns\":{ns:.2}}}"))
        .collect();
    println!("[{}]", rows.join(","));
}
