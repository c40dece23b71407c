//! The next byte of a string that is more than itself, found many bytes at a time.

use memchr::memchr2;

/// Most strings, and most runs between two escapes, are shorter: for them, starting a wide search costs more than it finds.
const NEAR: usize = 32;
const WORD: usize = size_of::<u64>();
const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES << 7;

/// The first quote, backslash or control character.
pub(super) fn first(bytes: &[u8]) -> Option<usize> {
    let (near, far) = bytes.split_at(bytes.len().min(NEAR));
    let (words, rest) = near.as_chunks::<WORD>();
    for (at, word) in words.iter().enumerate() {
        let marks = marks(u64::from_le_bytes(*word));
        if marks != 0 {
            return Some(at * WORD + marks.trailing_zeros() as usize / 8);
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    if let Some(at) = rest.iter().position(is_special) {
        return Some(words.len() * WORD + at);
    }
    let run = memchr2(b'"', b'\\', far);
    let plain = &far[..run.unwrap_or(far.len())];
    // Without a way out in the middle, the compiler looks at many bytes at a time.
    let any = plain.iter().fold(false, |any, byte| any | (*byte < b' '));
    let control = || plain.iter().position(|byte| *byte < b' ');
    let found = any.then(control).flatten().or(run);
    found.map(|at| near.len() + at)
}

/// The high bit of each such byte, the first one in the lowest place; behind it, bits may be wrong.
///
/// Source: "Determine if a word has a byte less than n", Bit Twiddling Hacks, S. E. Anderson.
fn marks(word: u64) -> u64 {
    let less = |word: u64, than: u8| word.wrapping_sub(ONES * u64::from(than)) & !word & HIGHS;
    let is = |byte: u8| less(word ^ (ONES * u64::from(byte)), 1);
    less(word, b' ') | is(b'"') | is(b'\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_found_at_every_distance() {
        for length in 0..100 {
            for byte in [b'"', b'\\', 0, 0x1f, b'\n'] {
                let mut bytes = vec![0xff; length];
                assert_eq!(first(&bytes), None);
                bytes.push(byte);
                bytes.extend([b' ', 0x80, b'"']);
                assert_eq!(first(&bytes), Some(length));
            }
        }
    }

    proptest! {
        #[test]
        fn it_is_the_one_that_a_plain_search_finds(
            bytes in prop::collection::vec(prop_oneof![9 => 0x1e_u8..=0xff, 1 => any::<u8>()], 0..80),
        ) {
            let plain = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '));
            prop_assert_eq!(first(&bytes), plain);
        }
    }
}
