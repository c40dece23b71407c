//! Likeness of names, for suggestions only: nothing is ever done because it looks like something.

/// The `limit` names nearest to `wanted`, best first; names that are not alike are left out.
///
/// Likeness is Jaro-Winkler on lower case, 0.7 or more, or one name inside the other. Equals keep their order.
#[must_use]
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let tail = lower.rsplit('/').next().unwrap_or(&lower);
            let mut score = strsim::jaro_winkler(&wanted, &lower).max(strsim::jaro_winkler(&wanted, tail));
            if wanted.chars().count() >= 3 && (lower.contains(&wanted) || wanted.contains(&lower)) {
                score = score.max(0.85);
            }
            (score >= 0.7).then_some((score, name))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut near = Vec::new();
    for (_, name) in scored {
        if near.len() < limit && !near.contains(&name) {
            near.push(name);
        }
    }
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_comes_first_and_strangers_not_at_all() {
        let names = ["--session", "--strict", "--once", "--for"];
        assert_eq!(nearest("--sesion", names, 1), ["--session"]);
        assert!(nearest("zzz", names, 5).is_empty());
    }
}
