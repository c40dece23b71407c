//! Reads `grammar/model.abnf` and says by it alone what a message is.
//!
//! It knows nothing of the parser: it interprets the rules, backtracking, with a memory of what each rule matched where.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use abnf::types::{Node, Repeat, Rule, TerminalValues};

/// The grammar as written.
pub(crate) const GRAMMAR: &str = include_str!("../../../grammar/model.abnf");

/// What the four rules that depend on the bot stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bot {
    pub(crate) names: &'static [&'static str],
    pub(crate) ids: &'static [&'static str],
    pub(crate) aliases: &'static [&'static str],
    pub(crate) prefixes: &'static [&'static str],
}

/// The grammar's rules by their names.
pub(crate) struct Grammar {
    rules: HashMap<String, Node>,
    bot: Bot,
}

pub(crate) fn rules() -> Vec<Rule> {
    abnf::rulelist(GRAMMAR).expect("the grammar is ABNF")
}

impl Grammar {
    pub(crate) fn new(bot: Bot) -> Self {
        let rules = rules()
            .iter()
            .map(|rule| (rule.name().to_owned(), rule.node().clone()))
            .collect();
        Self { rules, bot }
    }

    /// The kind of a message: the one of the four that matches all of it.
    pub(crate) fn kind(&self, message: &str) -> &'static str {
        let matcher = Matcher {
            grammar: self,
            message: message.chars().collect(),
            known: RefCell::new(HashMap::new()),
        };
        let whole = matcher.message.len();
        let kinds: Vec<_> = ["text", "ignored", "command", "invalid"]
            .into_iter()
            .filter(|kind| matcher.rule(kind, 0).contains(&whole))
            .collect();
        match kinds[..] {
            [kind] => kind,
            _ => panic!("{message:?} is {kinds:?}: the kinds part all messages"),
        }
    }
}

/// Where matches of one rule that begin at one place end.
type Ends = Rc<BTreeSet<usize>>;

struct Matcher<'g> {
    grammar: &'g Grammar,
    message: Vec<char>,
    known: RefCell<HashMap<(&'g str, usize), Ends>>,
}

impl<'g> Matcher<'g> {
    fn rule(&self, name: &str, from: usize) -> Ends {
        let (name, node) = self
            .grammar
            .rules
            .get_key_value(name)
            .unwrap_or_else(|| panic!("no rule {name}"));
        if let Some(ends) = self.known.borrow().get(&(name.as_str(), from)) {
            return ends.clone();
        }
        let ends = Rc::new(self.node(node, from));
        self.known.borrow_mut().insert((name, from), ends.clone());
        ends
    }

    fn node(&self, node: &'g Node, from: usize) -> BTreeSet<usize> {
        match node {
            Node::Alternatives(nodes) => nodes.iter().flat_map(|node| self.node(node, from)).collect(),
            Node::Concatenation(nodes) => nodes.iter().fold(BTreeSet::from([from]), |starts, node| {
                starts
                    .into_iter()
                    .flat_map(|start| self.node(node, start))
                    .collect()
            }),
            Node::Repetition { repeat, node } => self.repeated(repeat, node, from),
            Node::Rulename(name) => self.rule(name, from).iter().copied().collect(),
            Node::Group(node) => self.node(node, from),
            Node::Optional(node) => {
                let mut ends = self.node(node, from);
                ends.insert(from);
                ends
            }
            Node::String(literal) => self
                .literal(literal.value(), from, literal.is_case_sensitive())
                .into_iter()
                .collect(),
            Node::TerminalValues(values) => self.values(values, from).into_iter().collect(),
            Node::Prose(prose) => self.prose(prose, from),
        }
    }

    fn repeated(&self, repeat: &Repeat, node: &'g Node, from: usize) -> BTreeSet<usize> {
        let (min, max) = match repeat {
            Repeat::Specific(n) => (*n, Some(*n)),
            Repeat::Variable { min, max } => (min.unwrap_or(0), *max),
        };
        let mut ends = BTreeSet::new();
        let mut front = BTreeSet::from([from]);
        for turn in 0.. {
            if turn >= min {
                let before = ends.len();
                ends.extend(&front);
                if ends.len() == before {
                    break;
                }
            }
            if max == Some(turn) {
                break;
            }
            front = front
                .into_iter()
                .flat_map(|start| self.node(node, start))
                .collect();
        }
        ends
    }

    fn literal(&self, text: &str, from: usize, case_sensitive: bool) -> Option<usize> {
        let mut at = from;
        for c in text.chars() {
            let own = self.message.get(at)?;
            if *own != c && (case_sensitive || !own.eq_ignore_ascii_case(&c)) {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    fn values(&self, values: &TerminalValues, from: usize) -> Option<usize> {
        let code = |at: usize| self.message.get(at).map(|c| u32::from(*c));
        match values {
            TerminalValues::Range(low, high) => code(from)
                .is_some_and(|c| (*low..=*high).contains(&c))
                .then_some(from + 1),
            TerminalValues::Concatenation(codes) => codes
                .iter()
                .enumerate()
                .all(|(n, c)| code(from + n) == Some(*c))
                .then_some(from + codes.len()),
        }
    }

    fn prose(&self, prose: &str, from: usize) -> BTreeSet<usize> {
        let text = |to: usize| self.message[from..to].iter().collect::<String>();
        let one_of = |names: &[&str], case_sensitive| {
            names
                .iter()
                .filter_map(|name| self.literal(name, from, case_sensitive))
                .collect()
        };
        match prose {
            "a name of the bot" => return one_of(self.grammar.bot.names, false),
            "an id of the bot" => return one_of(self.grammar.bot.ids, true),
            "an alias that is a command" => return one_of(self.grammar.bot.aliases, false),
            "a configured prefix" => return one_of(self.grammar.bot.prefixes, true),
            "a letter or a digit" => {
                let is = self.message.get(from).is_some_and(|c| c.is_alphanumeric());
                return is.then_some(from + 1).into_iter().collect();
            }
            "a duration of less than 1 minute or more than 30 days" => {
                let parts = self.rule("duration-parts", from);
                return parts
                    .iter()
                    .copied()
                    .filter(|to| !(1..=43_200).contains(&minutes(&text(*to))))
                    .collect();
            }
            _ => {}
        }
        let (rule, condition) = prose
            .split_once(", ")
            .unwrap_or_else(|| panic!("what is <{prose}>?"));
        let ends = self.rule(rule, from);
        let keep: Box<dyn Fn(&usize) -> bool> = if let Some(other) = condition.strip_prefix("but not ") {
            let others = self.rule(other, from);
            Box::new(move |to| !others.contains(to))
        } else if let Some(other) = condition.strip_prefix("not before ") {
            Box::new(|to| self.rule(other, *to).is_empty())
        } else if let Some(other) = condition.strip_prefix("whose meaning is ") {
            Box::new(move |to| self.grammar.matches(other, &unquoted(&text(*to))))
        } else if let Some(limit) = condition.strip_prefix("at most ") {
            let limit: usize = limit
                .trim_end_matches(" octets")
                .parse()
                .expect("a number of octets");
            Box::new(move |to| text(*to).len() <= limit)
        } else {
            panic!("what is <{prose}>?")
        };
        ends.iter().copied().filter(|to| keep(to)).collect()
    }
}

impl Grammar {
    fn matches(&self, rule: &str, text: &str) -> bool {
        let matcher = Matcher {
            grammar: self,
            message: text.chars().collect(),
            known: RefCell::default(),
        };
        matcher.rule(rule, 0).contains(&matcher.message.len())
    }
}

/// What quoted text means, by the JSON reader: another hand than the parser's.
fn unquoted(quoted: &str) -> String {
    let inner: String = quoted.trim_matches(['"', '“', '”']).replace('"', "\\\"");
    serde_json::from_str(&format!("\"{inner}\"")).unwrap_or_default()
}

fn minutes(duration: &str) -> u64 {
    let mut total = 0;
    let mut number = 0;
    for c in duration.to_ascii_lowercase().chars() {
        let unit = match c {
            'd' => 1440,
            'h' => 60,
            'm' => 1,
            digit => {
                number = number * 10 + u64::from(digit.to_digit(10).expect("a digit"));
                continue;
            }
        };
        total += number * unit;
        number = 0;
    }
    total
}
