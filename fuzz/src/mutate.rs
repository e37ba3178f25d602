//! Changes to an input, from single bits to pieces of other inputs.

use fastrand::Rng;

/// Numbers at which readers go wrong.
const EDGES: [u64; 14] = [
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    u64::MAX,
];

/// Numbers as text.
const NUMBERS: [&str; 13] = [
    "0",
    "1",
    "-1",
    "7",
    "64",
    "65536",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "1e309",
    "0.5",
    "null",
    "[]",
];

/// Between the parts of an input that is several files.
pub const SEPARATOR: &[u8] = b"\n%%\n";

/// Joins files to one input.
pub fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.join(SEPARATOR)
}

/// The files that an input is; `count` of them, empty where there are fewer.
pub fn split(input: &[u8], count: usize) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = input;
    while parts.len() + 1 < count
        && let Some(at) = rest
            .windows(SEPARATOR.len())
            .position(|window| window == SEPARATOR)
    {
        parts.push(&rest[..at]);
        rest = &rest[at + SEPARATOR.len()..];
    }
    parts.push(rest);
    parts.resize(count, &[]);
    parts
}

/// One to eight changes.
pub fn mutate(input: &mut Vec<u8>, other: &[u8], tokens: &[Vec<u8>], rng: &mut Rng) {
    let most = *rng.choice([1, 1, 2, 4, 8].as_slice()).unwrap_or(&1);
    for _ in 0..rng.usize(1..=most) {
        once(input, other, tokens, rng);
    }
}

fn once(input: &mut Vec<u8>, other: &[u8], tokens: &[Vec<u8>], rng: &mut Rng) {
    let length = input.len();
    let at = rng.usize(..=length);
    let span = at..(at + spread(rng, 64)).min(length);
    match rng.u8(..12) {
        0 if length > 0 => input[rng.usize(..length)] ^= 1 << rng.u8(..8),
        1 if length > 0 => input[rng.usize(..length)] = rng.u8(..),
        2 => {
            // A number in either order of bytes.
            let value = EDGES[rng.usize(..EDGES.len())].wrapping_add_signed(rng.i64(-1..=1));
            let width = [1, 2, 4, 8][rng.usize(..4)];
            let bytes = match rng.bool() {
                true => value.to_le_bytes()[..width].to_vec(),
                false => value.to_be_bytes()[8 - width..].to_vec(),
            };
            overwrite(input, at, &bytes);
        }
        3 => drop(input.drain(span)),
        4 => {
            let copy = input[span].to_vec();
            insert(input, rng.usize(..=length), &copy);
        }
        5 => {
            let copy = input[span].to_vec();
            overwrite(input, rng.usize(..=length), &copy);
        }
        6 | 7 if !tokens.is_empty() => {
            let token = &tokens[rng.usize(..tokens.len())];
            if rng.bool() {
                insert(input, at, token);
            } else {
                overwrite(input, at, token);
            }
        }
        8 => number(input, at, rng),
        9 if !other.is_empty() => {
            let start = rng.usize(..other.len());
            let end = (start + spread(rng, 1024)).min(other.len());
            input.splice(span, other[start..end].iter().copied());
        }
        10 if rng.u8(..8) == 0 => input.truncate(at),
        _ => {
            let noise: Vec<u8> = (0..spread(rng, 16)).map(|_| rng.u8(..)).collect();
            insert(input, at, &noise);
        }
    }
}

/// A length, small ones more often.
fn spread(rng: &mut Rng, most: usize) -> usize {
    let below = rng.usize(1..=most);
    rng.usize(1..=below)
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    input.splice(at..at, bytes.iter().copied());
}

fn overwrite(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = (at + bytes.len()).min(input.len());
    input.splice(at..end, bytes.iter().copied());
}

/// Replaces the next number written in digits.
fn number(input: &mut Vec<u8>, at: usize, rng: &mut Rng) {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let Some(start) = input[at..].iter().position(digit).map(|place| at + place) else {
        return;
    };
    let end = start + input[start..].iter().take_while(|byte| digit(byte)).count();
    let text = NUMBERS[rng.usize(..NUMBERS.len())];
    input.splice(start..end, text.bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_survive_joining_and_missing_ones_are_empty() {
        let input = join(&[b"a", b"", b"bc"]);
        assert_eq!(split(&input, 3), [&b"a"[..], b"", b"bc"]);
        assert_eq!(split(b"x", 2), [&b"x"[..], b""]);
        assert_eq!(split(&input, 2)[1], b"\n%%\nbc");
    }

    #[test]
    fn the_same_seed_makes_the_same_inputs_and_others_differ() {
        let made = |seed| {
            let mut rng = Rng::with_seed(seed);
            let mut input = b"{\"a\": 12, \"b\": [3, 4]}".to_vec();
            for _ in 0..100 {
                mutate(&mut input, b"other", &[b"token".to_vec()], &mut rng);
            }
            input
        };
        assert_eq!(made(3), made(3));
        assert_ne!(made(3), made(4));
    }

    #[test]
    fn nothing_is_too_short_to_be_changed() {
        let mut rng = Rng::with_seed(1);
        for _ in 0..10_000 {
            let mut input = Vec::new();
            mutate(&mut input, b"", &[], &mut rng);
        }
    }
}
