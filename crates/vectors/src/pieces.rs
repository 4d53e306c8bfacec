//! Cuts a text into the pieces the model knows: of all ways, the one whose scores sum highest (a unigram model, as
//! SentencePiece cuts).

/// Stands for a space, and begins every text.
const SPACE: &str = "\u{2581}";

pub struct Pieces {
    /// Sorted, back to back; `ends` says where each ends.
    texts: &'static [u8],
    ends: Box<[u32]>,
    scores: Box<[f32]>,
    unknown_score: f32,
    unknown: u32,
    begin: u32,
    end: u32,
    /// The pieces that begin with a byte lie from `first[byte]` to `first[byte + 1]`.
    first: Box<[u32; 257]>,
}

impl Pieces {
    /// `count` pieces, the last three of which are those for an unknown sign, a text's begin and its end.
    pub(super) fn new(texts: &'static [u8], ends: Box<[u32]>, scores: Box<[f32]>, unknown_score: f32) -> Self {
        let count = ends.len() as u32;
        let mut pieces = Pieces {
            texts,
            ends,
            scores,
            unknown_score,
            unknown: count - 3,
            begin: count - 2,
            end: count - 1,
            first: Box::new([0; 257]),
        };
        for byte in 0..=256usize {
            pieces.first[byte] = pieces.lower_bound(0, pieces.unknown, |text| usize::from(text[0]) < byte);
        }
        pieces
    }

    /// Row numbers of the pieces of `text`, which is in normal form, with begin and end around them.
    pub fn cut(&self, text: &str) -> Vec<u32> {
        let text = format!("{SPACE}{}", text.trim().replace(' ', SPACE));
        let bytes = text.as_bytes();
        // By where it ends: the best score of all that lies before, where its last piece begins, and which it is.
        let mut best: Vec<(f32, u32, u32)> = vec![(f32::MIN, 0, 0); bytes.len() + 1];
        best[0].0 = 0.0;
        for (start, sign) in text.char_indices() {
            let so_far = best[start].0;
            let mut offer = |end: usize, score: f32, piece: u32| {
                if so_far + score > best[end].0 {
                    best[end] = (so_far + score, start as u32, piece);
                }
            };
            let mut is_known = false;
            self.prefixes(&bytes[start..], |length, piece| {
                is_known |= length == sign.len_utf8();
                offer(start + length, self.scores[piece as usize], piece);
            });
            if !is_known {
                offer(start + sign.len_utf8(), self.unknown_score, self.unknown);
            }
        }
        let mut cut = vec![self.end];
        let mut at = bytes.len();
        while at > 0 {
            let (_, start, piece) = best[at];
            cut.push(piece);
            at = start as usize;
        }
        cut.push(self.begin);
        cut.reverse();
        cut
    }

    /// The pieces that `bytes` begins with, shortest first: their length and number.
    fn prefixes(&self, bytes: &[u8], mut found: impl FnMut(usize, u32)) {
        let Some(&byte) = bytes.first() else { return };
        let (mut low, mut high) = (self.first[usize::from(byte)], self.first[usize::from(byte) + 1]);
        for length in 1..=bytes.len() {
            // The pieces that begin with these bytes lie side by side, the one that is no longer than them first.
            if low < high && self.text(low).len() == length {
                found(length, low);
                low += 1;
            }
            if low >= high || length == bytes.len() {
                return;
            }
            let next = bytes[length];
            low = self.lower_bound(low, high, |text| text[length] < next);
            high = self.lower_bound(low, high, |text| text[length] <= next);
        }
    }

    fn text(&self, piece: u32) -> &'static [u8] {
        let start = if piece == 0 { 0 } else { self.ends[piece as usize - 1] };
        &self.texts[start as usize..self.ends[piece as usize] as usize]
    }

    /// The first piece from `low` to `high` for which `is_before` does not hold.
    fn lower_bound(&self, mut low: u32, mut high: u32, is_before: impl Fn(&[u8]) -> bool) -> u32 {
        while low < high {
            let middle = low + (high - low) / 2;
            if is_before(self.text(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }
}
