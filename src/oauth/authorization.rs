//! Asking for a yes in a browser: the address, and the answer that comes back (RFC 6749 §4.1, RFC 7636).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;
use url::Url;
use url::form_urlencoded::parse;

use super::description::Description;
use super::exchange::{ExchangeError, code, discreet};
use super::tokens::Tokens;
use crate::secret::Secret;

/// The path of the redirect on this machine.
pub(super) const PATH: &str = "/auth/callback";
/// The longest answer that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// One request for authorization, made for one person at one moment. `Debug` shows no secret.
#[derive(Debug)]
pub struct Authorization {
    url: Url,
    redirect: Url,
    state: Secret,
    verifier: Secret,
}

/// An answer that holds no code for us.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// It is no answer at all: nothing in it is of a sign-in.
    #[error("this is not the address that the browser came back to; it holds `code=` and `state=`")]
    NoAnswer,
    /// It answers another request than this one, so it may be somebody else's account.
    #[error("the answer is not to this sign-in: its `state` is another one")]
    ForeignState,
    /// The provider, or the person, said no.
    #[error("the provider said no: {0}")]
    Denied(String),
}

/// Why a request for authorization cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BeginError {
    /// There is no address for a browser.
    #[error("this provider has no page for a browser; use --device-code")]
    NoPage,
    /// The system has no random numbers.
    #[error("the system gives no random numbers")]
    NoRandom,
}

impl Authorization {
    /// Makes a request whose answer comes back to a port of this machine, with a `state` and a PKCE verifier of its own, 32
    /// random bytes each.
    ///
    /// Where the provider knows one fixed port, the redirect is to `localhost`, else to `127.0.0.1` (RFC 8252 §7.3, §8.3).
    ///
    /// # Errors
    /// [`BeginError`].
    pub fn begin(at: &Description, port: u16) -> Result<Self, BeginError> {
        Self::with(at, port, random()?, random()?)
    }

    fn with(at: &Description, port: u16, state: Secret, verifier: Secret) -> Result<Self, BeginError> {
        let mut url = at.authorize_url.clone().ok_or(BeginError::NoPage)?;
        let host = if at.redirect_port.is_some() {
            "localhost"
        } else {
            "127.0.0.1"
        };
        let redirect = format!("http://{host}:{port}{PATH}");
        let redirect = Url::parse(&redirect).map_err(|_| BeginError::NoPage)?;
        let scope = at.scopes.join(" ");
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &at.client_id)
            .append_pair("redirect_uri", redirect.as_str());
        if !scope.is_empty() {
            query.append_pair("scope", &scope);
        }
        query
            .append_pair("state", state.expose())
            .append_pair("code_challenge", &challenge(&verifier))
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(&at.extra);
        drop(query);
        Ok(Self {
            url,
            redirect,
            state,
            verifier,
        })
    }

    /// The address that a person opens. It holds no secret that would let anybody else finish the sign-in.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Reads the address that the browser came back to, whole or its query alone; the `state` is compared in constant time,
    /// before anything else is believed.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn answer(&self, address: &str) -> Result<Secret, AnswerError> {
        let address = address.trim();
        if address.len() > LONGEST {
            return Err(AnswerError::NoAnswer);
        }
        let query = address.split_once('?').map_or(address, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let all = |wanted: &str| -> Vec<String> {
            parse(query.as_bytes())
                .filter(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
                .collect()
        };
        let (codes, errors) = (all("code"), all("error"));
        if codes.is_empty() && errors.is_empty() {
            return Err(AnswerError::NoAnswer);
        }
        match all("state").as_slice() {
            [state] if bool::from(state.as_bytes().ct_eq(self.state.expose().as_bytes())) => {}
            _ => return Err(AnswerError::ForeignState),
        }
        match (codes.as_slice(), errors.as_slice()) {
            ([code], []) if !code.is_empty() => Ok(Secret::new(code.clone())),
            (_, [word, ..]) => Err(AnswerError::Denied(discreet(word, &[]).to_owned())),
            _ => Err(AnswerError::NoAnswer),
        }
    }

    /// Exchanges the code for tokens.
    ///
    /// # Errors
    /// [`ExchangeError`]. A code works once: after any of them the person has to say yes again.
    pub async fn exchange(&self, at: &Description, given: &Secret) -> Result<Tokens, ExchangeError> {
        code(at, given, self.redirect.as_str(), &self.verifier).await
    }
}

/// What proves later who asked (RFC 7636 §4.2, method S256).
fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()))
}

fn random() -> Result<Secret, BeginError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| BeginError::NoRandom)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::ProviderId;

    fn codex() -> Description {
        Description::of(&ProviderId::new("openai-codex"), &Config::default())
            .expect("it can be used")
            .expect("built in")
    }

    fn begun() -> Authorization {
        // The verifier of RFC 7636, appendix B.
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        Authorization::with(&codex(), 1455, Secret::new("st8".to_owned()), verifier).expect("begun")
    }

    #[test]
    fn the_challenge_is_the_one_of_the_example_in_the_rfc() {
        let begun = begun();
        let asked = |name: &str| {
            let mut pairs = begun.url().query_pairs();
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let challenge = asked("code_challenge");
        assert_eq!(
            challenge.as_deref(),
            Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        );
        assert_eq!(asked("code_challenge_method").as_deref(), Some("S256"));
        assert_eq!(asked("response_type").as_deref(), Some("code"));
        assert_eq!(asked("state").as_deref(), Some("st8"));
        let redirect = asked("redirect_uri");
        assert_eq!(redirect.as_deref(), Some("http://localhost:1455/auth/callback"));
        assert_eq!(
            asked("scope").as_deref(),
            Some("openid profile email offline_access")
        );
        assert!(!begun.url().as_str().contains("dBjft"), "the verifier stays here");
    }

    #[test]
    fn two_requests_share_neither_state_nor_verifier() {
        let one = Authorization::begin(&codex(), 1).expect("begun");
        let two = Authorization::begin(&codex(), 1).expect("begun");
        assert_ne!(one.state.expose(), two.state.expose());
        assert_ne!(one.verifier.expose(), two.verifier.expose());
        assert_ne!(one.state.expose(), one.verifier.expose());
        assert_eq!(one.verifier.expose().len(), 43);
    }

    #[test]
    fn an_answer_is_believed_only_with_our_state() {
        let begun = begun();
        let code = |address: &str| begun.answer(address).map(|code| code.expose().to_owned());
        assert_eq!(
            code("http://localhost:1455/auth/callback?code=a%2Bb&state=st8"),
            Ok("a+b".into())
        );
        assert_eq!(
            code(" localhost:1455/auth/callback?state=st8&code=c#x \n"),
            Ok("c".into())
        );
        for foreign in [
            "?code=c",
            "?code=c&state=",
            "?code=c&state=st9",
            "?code=c&state=st8&state=st8",
            "?error=access_denied",
        ] {
            assert_eq!(code(foreign), Err(AnswerError::ForeignState), "{foreign}");
        }
        for no_answer in [
            "",
            "st8",
            "?state=st8",
            "http://x/",
            "?code=&state=st8",
            "?code=a&code=b&state=st8",
        ] {
            assert_eq!(code(no_answer), Err(AnswerError::NoAnswer), "{no_answer}");
        }
        assert_eq!(
            code("?error=access_denied&state=st8"),
            Err(AnswerError::Denied("access_denied".into()))
        );
        assert_eq!(
            code("?error=%1b%5b2J&state=st8"),
            Err(AnswerError::Denied("unknown".into()))
        );
    }
}
