//! Text in, text out: normal form, script folding, tokens, language detection. Pure.
