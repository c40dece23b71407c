//! Last requests to tell.

use std::sync::Arc;

use modelpin::audit::{Attempt, Became, Code, Decision, Requested, Served};
use modelpin::model::ModelRef;
use modelpin::outcome::FailureClass;
use modelpin::session::AgentId;
use modelpin::view::LastRequest;

use super::build::{NOW, minutes, profile};

fn model(reference: &str) -> ModelRef {
    ModelRef::parse(reference).expect("a reference")
}

fn told(requested: Requested) -> Decision {
    Decision {
        agent: AgentId::main(),
        session: Arc::from("telegram:42"),
        requested,
        chosen: None,
        attempts: Vec::new(),
        served: None,
        crossing: None,
        refusal: None,
    }
}

/// The pinned profile was out of its rate, another one and another model stepped in.
pub(super) fn failed_over() -> LastRequest {
    let tried = |model: &ModelRef, id, class, retry_at| Attempt {
        model: model.clone(),
        profile: profile(id),
        became: Became::Failed(class),
        retry_at,
        reason: None,
    };
    let (opus, gpt) = (model("anthropic/claude-opus-4-6"), model("openai/gpt-5.2"));
    let served = Served {
        model: gpt.clone(),
        profile: profile("openai:default"),
    };
    LastRequest {
        at: NOW,
        told: Decision {
            attempts: vec![
                tried(&opus, "anthropic:work", FailureClass::RateLimit, Some(minutes(5))),
                tried(&gpt, "openai:old", FailureClass::Auth, Some(minutes(24 * 60))),
            ],
            served: Some(served),
            ..told(Requested {
                model: Some(opus),
                profile: Some(profile("anthropic:work")),
                pinned: None,
            })
        },
    }
}

/// Nothing was configured.
pub(super) fn refused_at_once() -> LastRequest {
    LastRequest {
        at: NOW,
        told: Decision {
            refusal: Some(Code::new("no-model")),
            ..told(Requested::default())
        },
    }
}
