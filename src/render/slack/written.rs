//! What a model wrote, as messages.

use super::limits::{TEXT, length};
use super::message::Message;
use super::mrkdwn::{escape, parts};

impl Message {
    /// A text that somebody else wrote, such as a model's answer: its own markup is Slack's, and it calls nobody.
    ///
    /// It is cut between lines where a message is full, never within what looks like one character. One message at least.
    #[must_use]
    pub fn written(text: &str) -> Vec<Self> {
        let mut texts = vec![String::new()];
        for part in text.trim().split_inclusive('\n').flat_map(parts) {
            let part = escape(part);
            match texts.last_mut() {
                Some(last) if length(last) + length(&part) <= TEXT => last.push_str(&part),
                _ => texts.push(part),
            }
        }
        texts.into_iter().map(Self::said).collect()
    }

    fn said(text: String) -> Self {
        let nothing = text.trim().is_empty();
        Self {
            response_type: None,
            replace_original: None,
            text: if nothing { "…".to_owned() } else { text },
            blocks: Vec::new(),
            unfurl_links: false,
            unfurl_media: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_cut_whole_and_calls_nobody() {
        let text = format!("<!channel> & {}", "all of it\n".repeat(2_000));
        let messages = Message::written(&text);
        assert!(messages.len() > 4 && messages.iter().all(|message| length(&message.text) <= TEXT));
        let told: String = messages.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(told, escape(text.trim()));
        assert!(told.starts_with("&lt;!channel&gt; &amp; "));
        assert_eq!(Message::written(" ").len(), 1);
    }
}
