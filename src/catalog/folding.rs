//! Comparing names without regard to case.

/// Folds a name by Unicode simple case folding (CaseFolding.txt, status C and S), character by character.
///
/// Simple folding never changes the number of characters, so `ß` and `ss` stay different names.
pub(super) fn fold(name: &str) -> String {
    name.chars()
        .map(|c| {
            unicode_case_mapping::case_folded(c)
                .and_then(|folded| char::from_u32(folded.get()))
                .unwrap_or(c)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_is_folded_for_all_scripts_and_lengths_stay() {
        assert_eq!(fold("OPUS"), "opus");
        assert_eq!(fold("ÉTÉ ΣΑΣ"), fold("été σας"));
        assert_ne!(fold("straße"), fold("STRASSE"));
        assert_eq!(fold("\u{212a}imi"), fold("kimi"));
    }
}
