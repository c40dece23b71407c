//! How a provider answers one request, by the dice.

use fastrand::Rng;

/// A way to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Plan {
    Whole,
    Stream,
    /// Whole, a few bytes at a time.
    Slow,
    /// `100 Continue` first.
    Continue,
    /// Named gzip, and it is none.
    NotGzip,
    /// More header fields than anybody wants, and still an answer.
    ManyFields,
    /// An answer, and bytes behind it that nobody asked for.
    Overlong,
    /// 429 and when to come back.
    RetryAfter,
    /// The same for so long that nobody waits for it; only for those who are told so.
    RetryLong,
    RateLimit,
    /// 429 in the fields of OpenAI's.
    RateLimitOpenAi,
    Unauthorised,
    PaymentRequired,
    /// 400 with the words of an empty account.
    CreditWords,
    Broken,
    Unavailable,
    Overloaded,
    /// An error as the first event of a stream.
    OverloadedStream,
    /// The request is to blame.
    BadRequest,
    /// To another address, where nobody should bring a credential.
    Redirect,
    /// No byte of an answer.
    Hang,
    /// Half a head.
    HangInHead,
    /// Half a body.
    HangInBody,
    /// The connection ends before the answer.
    CutBefore,
    /// It ends within the body.
    CutBody,
    CutStream,
    NotHttp,
    /// Two lengths that differ.
    TwoLengths,
}

/// What becomes of an attempt that is answered so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Becomes {
    Answered,
    /// With these classes, or any if there are none.
    Failed(&'static [&'static str]),
    /// One or the other, by who is quicker or stricter.
    Either,
}

impl Plan {
    pub(super) const ALL: [Self; 27] = [
        Self::Whole,
        Self::Stream,
        Self::Slow,
        Self::Continue,
        Self::NotGzip,
        Self::ManyFields,
        Self::Overlong,
        Self::RetryAfter,
        Self::RateLimit,
        Self::RateLimitOpenAi,
        Self::Unauthorised,
        Self::PaymentRequired,
        Self::CreditWords,
        Self::Broken,
        Self::Unavailable,
        Self::Overloaded,
        Self::OverloadedStream,
        Self::BadRequest,
        Self::Redirect,
        Self::Hang,
        Self::HangInHead,
        Self::HangInBody,
        Self::CutBefore,
        Self::CutBody,
        Self::CutStream,
        Self::NotHttp,
        Self::TwoLengths,
    ];

    /// Every other answer is a good one.
    pub(super) fn thrown(dice: &mut Rng) -> Self {
        if dice.u8(..100) < 45 {
            return [Self::Whole, Self::Stream][dice.usize(..2)];
        }
        Self::ALL[dice.usize(..Self::ALL.len())]
    }

    pub(super) fn becomes(self) -> Becomes {
        match self {
            Self::Whole
            | Self::Stream
            | Self::Slow
            | Self::Continue
            | Self::NotGzip
            | Self::HangInBody
            | Self::CutBody
            | Self::CutStream => Becomes::Answered,
            Self::ManyFields | Self::Overlong => Becomes::Either,
            Self::RetryAfter | Self::RetryLong | Self::RateLimit | Self::RateLimitOpenAi => {
                Becomes::Failed(&["rate_limit"])
            }
            Self::Unauthorised => Becomes::Failed(&["auth", "auth_permanent"]),
            Self::PaymentRequired | Self::CreditWords => Becomes::Failed(&["billing"]),
            Self::Overloaded | Self::OverloadedStream => Becomes::Failed(&["overloaded"]),
            Self::BadRequest => Becomes::Failed(&["format"]),
            Self::Broken
            | Self::Unavailable
            | Self::Redirect
            | Self::Hang
            | Self::HangInHead
            | Self::CutBefore
            | Self::NotHttp
            | Self::TwoLengths => Becomes::Failed(&[]),
        }
    }
}
