//! Vectors of 32-bit floats, one type for each instruction set.

/// Some floats that are computed with at once.
///
/// # Safety
/// All methods need the type's instruction set; `load` and `store` need [`Vector::LANES`] floats behind the pointer.
#[allow(clippy::missing_safety_doc)]
pub trait Vector: Copy {
    const LANES: usize;
    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    /// `self + a * b`, in one rounding or two.
    unsafe fn fma(self, a: Self, b: Self) -> Self;
}

/// Where the instruction set is not known.
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_family = "wasm"
)))]
pub type Plain = f32;

/// For what is left over of a row of vectors.
impl Vector for f32 {
    const LANES: usize = 1;
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        value
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { *to = self }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self + other
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self - other
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    #[inline(always)]
    unsafe fn fma(self, a: Self, b: Self) -> Self {
        self + a * b
    }
}

/// A vector type out of the intrinsics of its instruction set.
macro_rules! vector {
    ($name:ident, $inner:ty, $lanes:literal, $splat:path, $load:path, $store:path, $add:path, $sub:path, $max:path,
     |$sum:ident, $a:ident, $b:ident| $fma:expr) => {
        #[derive(Clone, Copy)]
        pub struct $name($inner);

        // Of some instruction sets the arithmetic is safe, of others it is not.
        #[allow(unused_unsafe)]
        impl Vector for $name {
            const LANES: usize = $lanes;
            #[inline(always)]
            unsafe fn splat(value: f32) -> Self {
                Self(unsafe { $splat(value) })
            }
            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                Self(unsafe { $load(from.cast()) })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                unsafe { $store(to.cast(), self.0) }
            }
            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                Self(unsafe { $add(self.0, other.0) })
            }
            #[inline(always)]
            unsafe fn sub(self, other: Self) -> Self {
                Self(unsafe { $sub(self.0, other.0) })
            }
            #[inline(always)]
            unsafe fn max(self, other: Self) -> Self {
                Self(unsafe { $max(self.0, other.0) })
            }
            #[inline(always)]
            unsafe fn fma(self, a: Self, b: Self) -> Self {
                let ($sum, $a, $b) = (self.0, a.0, b.0);
                Self(unsafe { $fma })
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use core::arch::x86_64::*;

    use super::Vector;

    vector!(
        Sse,
        __m128,
        4,
        _mm_set1_ps,
        _mm_loadu_ps,
        _mm_storeu_ps,
        _mm_add_ps,
        _mm_sub_ps,
        _mm_max_ps,
        |sum, a, b| _mm_add_ps(sum, _mm_mul_ps(a, b))
    );
    vector!(
        Avx,
        __m256,
        8,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_max_ps,
        |sum, a, b| _mm256_fmadd_ps(a, b, sum)
    );
}
#[cfg(target_arch = "x86_64")]
pub use x86::{Avx, Sse};

#[cfg(target_arch = "aarch64")]
mod arm {
    use core::arch::aarch64::*;

    use super::Vector;

    vector!(
        Neon,
        float32x4_t,
        4,
        vdupq_n_f32,
        vld1q_f32,
        vst1q_f32,
        vaddq_f32,
        vsubq_f32,
        vmaxq_f32,
        |sum, a, b| vfmaq_f32(sum, a, b)
    );
}
#[cfg(target_arch = "aarch64")]
pub use arm::Neon;

#[cfg(target_family = "wasm")]
mod wasm {
    use core::arch::wasm32::*;

    use super::Vector;

    #[cfg(target_feature = "relaxed-simd")]
    vector!(
        Simd128,
        v128,
        4,
        f32x4_splat,
        v128_load,
        v128_store,
        f32x4_add,
        f32x4_sub,
        f32x4_relaxed_max,
        |sum, a, b| f32x4_relaxed_madd(a, b, sum)
    );
    // `pmax` is one instruction of x86, `max` four.
    #[cfg(not(target_feature = "relaxed-simd"))]
    vector!(
        Simd128,
        v128,
        4,
        f32x4_splat,
        v128_load,
        v128_store,
        f32x4_add,
        f32x4_sub,
        f32x4_pmax,
        |sum, a, b| f32x4_add(sum, f32x4_mul(a, b))
    );
}
#[cfg(target_family = "wasm")]
pub use wasm::Simd128;
