//! What a sentence becomes when all that it refers to is put in, told before it is said.
//!
//! A sentence of an operator's own file may refer to others, in a circle, or a hundred times to one that refers to a
//! hundred. Such a one is left out: what is said to a person is short, and saying it costs next to nothing.

use std::collections::HashMap;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};

/// The most words that are put into one sentence, those of sentences within it too. fluent-bundle gives up at 100.
const MOST_PARTS: usize = 90;

/// The longest sentence, in bytes, without what is put in.
const LONGEST: usize = 16 * 1024;

/// How deep sentences and their parts may refer to each other.
const DEEPEST: usize = 50;

/// A sentence's own name: whether it is a term, its name, and that of its attribute.
type Name<'r> = (bool, &'r str, Option<&'r str>);

#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    parts: usize,
    bytes: usize,
}

const TOO_HEAVY: Weight = Weight {
    parts: usize::MAX,
    bytes: usize::MAX,
};

impl Weight {
    fn and(self, other: Self) -> Self {
        Self {
            parts: self.parts.saturating_add(other.parts),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            parts: self.parts.max(other.parts),
            bytes: self.bytes.max(other.bytes),
        }
    }
}

struct Scale<'r> {
    patterns: HashMap<Name<'r>, &'r Pattern<&'r str>>,
    weighed: HashMap<Name<'r>, Weight>,
}

/// The sentences of these files, later ones over earlier ones, that are too heavy to be said.
pub(super) fn too_heavy(files: &[FluentResource]) -> Vec<String> {
    let mut scale = Scale {
        patterns: HashMap::new(),
        weighed: HashMap::new(),
    };
    for entry in files.iter().flat_map(FluentResource::entries) {
        let (term, name, value, attributes) = match entry {
            Entry::Message(message) => (
                false,
                message.id.name,
                message.value.as_ref(),
                &message.attributes,
            ),
            Entry::Term(term) => (true, term.id.name, Some(&term.value), &term.attributes),
            _ => continue,
        };
        if let Some(value) = value {
            scale.patterns.insert((term, name, None), value);
        }
        for attribute in attributes {
            let name = (term, name, Some(attribute.id.name));
            scale.patterns.insert(name, &attribute.value);
        }
    }
    let names: Vec<Name<'_>> = scale.patterns.keys().copied().collect();
    let mut heavy: Vec<String> = names
        .into_iter()
        .filter(|(term, _, attribute)| !term && attribute.is_none())
        .filter(|name| {
            let weight = scale.name(*name, 0);
            weight.parts > MOST_PARTS || weight.bytes > LONGEST
        })
        .map(|(_, name, _)| name.to_owned())
        .collect();
    heavy.sort_unstable();
    heavy
}

impl<'r> Scale<'r> {
    fn name(&mut self, name: Name<'r>, depth: usize) -> Weight {
        if let Some(weight) = self.weighed.get(&name) {
            return *weight;
        }
        let Some(pattern) = self.patterns.get(&name).copied() else {
            return Weight::default();
        };
        // While it is weighed: whatever leads back to it goes in a circle.
        self.weighed.insert(name, TOO_HEAVY);
        let weight = self.pattern(pattern, depth + 1);
        self.weighed.insert(name, weight);
        weight
    }

    fn pattern(&mut self, pattern: &'r Pattern<&'r str>, depth: usize) -> Weight {
        if depth > DEEPEST {
            return TOO_HEAVY;
        }
        pattern
            .elements
            .iter()
            .fold(Weight::default(), |sum, element| match element {
                PatternElement::TextElement { value } => sum.and(Weight {
                    parts: 0,
                    bytes: value.len(),
                }),
                PatternElement::Placeable { expression } => {
                    let one = Weight { parts: 1, bytes: 0 };
                    sum.and(one).and(self.expression(expression, depth + 1))
                }
            })
    }

    fn expression(&mut self, expression: &'r Expression<&'r str>, depth: usize) -> Weight {
        match expression {
            Expression::Inline(inline) => self.inline(inline, depth),
            Expression::Select { selector, variants } => {
                let selector = self.inline(selector, depth);
                let variants = variants.iter().fold(Weight::default(), |most, variant| {
                    most.or(self.pattern(&variant.value, depth + 1))
                });
                selector.and(variants)
            }
        }
    }

    fn inline(&mut self, inline: &'r InlineExpression<&'r str>, depth: usize) -> Weight {
        if depth > DEEPEST {
            return TOO_HEAVY;
        }
        match inline {
            InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => Weight {
                parts: 0,
                bytes: value.len(),
            },
            InlineExpression::VariableReference { .. } => Weight::default(),
            InlineExpression::FunctionReference { arguments, .. } => self.arguments(arguments, depth),
            InlineExpression::MessageReference { id, attribute } => {
                let attribute = attribute.as_ref().map(|attribute| attribute.name);
                self.name((false, id.name, attribute), depth)
            }
            InlineExpression::TermReference {
                id,
                attribute,
                arguments,
            } => {
                let attribute = attribute.as_ref().map(|attribute| attribute.name);
                let term = self.name((true, id.name, attribute), depth);
                match arguments {
                    Some(arguments) => term.and(self.arguments(arguments, depth)),
                    None => term,
                }
            }
            InlineExpression::Placeable { expression } => {
                let one = Weight { parts: 1, bytes: 0 };
                one.and(self.expression(expression, depth + 1))
            }
        }
    }

    fn arguments(&mut self, arguments: &'r CallArguments<&'r str>, depth: usize) -> Weight {
        let named = arguments.named.iter().map(|argument| &argument.value);
        arguments
            .positional
            .iter()
            .chain(named)
            .fold(Weight::default(), |sum, argument| {
                sum.and(self.inline(argument, depth + 1))
            })
    }
}
