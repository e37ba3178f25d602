//! Whether a picture is one of an earlier call.

use sha2::{Digest, Sha256};

use super::Picture;

/// Pictures of more bytes are recognised by their hash: a copy would take too much memory.
const KEPT_BYTES: usize = 64 << 20;

/// What a picture is recognised by.
pub(super) enum Mark {
    /// A copy: comparing takes a tenth of the time that hashing does.
    Copy(Picture),
    Hash {
        bytes: usize,
        sha256: [u8; 32],
    },
}

impl Mark {
    pub(super) fn of(picture: &Picture) -> Self {
        Self::within(KEPT_BYTES, picture)
    }

    fn within(kept: usize, picture: &Picture) -> Self {
        match bytes(picture).len() {
            bytes if bytes > kept => Self::Hash {
                bytes,
                sha256: hash(picture),
            },
            _ => Self::Copy(picture.clone()),
        }
    }

    pub(super) fn is_of(&self, picture: &Picture) -> bool {
        match self {
            Self::Copy(known) => known == picture,
            Self::Hash {
                bytes: known,
                sha256,
            } => *known == bytes(picture).len() && *sha256 == hash(picture),
        }
    }
}

fn bytes(picture: &Picture) -> &[u8] {
    match picture {
        Picture::Encoded(bytes) | Picture::Rgba { data: bytes, .. } => bytes,
    }
}

fn hash(picture: &Picture) -> [u8; 32] {
    let size = match picture {
        Picture::Encoded(_) => [0, 0],
        Picture::Rgba { width, height, .. } => [*width, *height],
    };
    let hash = size.iter().fold(Sha256::new(), |hash, side| {
        hash.chain_update(side.to_le_bytes())
    });
    hash.chain_update(bytes(picture)).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_its_picture_alone() {
        let data: Vec<u8> = (0..24).collect();
        let rgba = |width, height, data: &[u8]| Picture::Rgba {
            width,
            height,
            data: data.to_vec(),
        };
        let mut other = data.clone();
        other[23] ^= 1;
        let pictures = [
            rgba(3, 2, &data),
            rgba(2, 3, &data),
            rgba(3, 2, &other),
            Picture::Encoded(data.clone()),
            Picture::Encoded(data[1..].to_vec()),
        ];
        for kept in [0, KEPT_BYTES] {
            let marks = pictures
                .each_ref()
                .map(|picture| Mark::within(kept, picture));
            for (i, mark) in marks.iter().enumerate() {
                assert_eq!(matches!(mark, Mark::Hash { .. }), kept == 0);
                for (j, picture) in pictures.iter().enumerate() {
                    assert_eq!(mark.is_of(picture), i == j, "{kept} bytes: {i} and {j}");
                }
            }
        }
    }
}
