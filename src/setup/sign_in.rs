//! Keeping a sign-in: under which id, and what becomes of the account that is there already.

use crate::credentials::{NewProfile, NewSecret, Replace};
use crate::oauth::{Description, Tokens};
use crate::profile::ProfileId;

use super::credential::{KeepError, Kept, keep_under};
use super::place::Place;

/// What was done for a sign-in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Where it is kept.
    pub kept: Kept,
    /// The id that was asked for, if the account had a profile of another id, which was brought up to date instead.
    pub asked: Option<ProfileId>,
    /// What was kept. `Debug` shows no secret.
    pub profile: NewProfile,
}

/// Keeps a sign-in in the agent's store.
///
/// The account's own profile is brought up to date, whatever id is asked for: two profiles of one account would be two
/// names for one limit. A new account gets the id that is asked for, else `provider:e-mail` if the e-mail is known, else
/// `provider:default`; an id that another account has is refused unless `leave` says otherwise. With [`Replace::Yes`] the id
/// that is asked for counts, and nothing else.
///
/// Blocks its thread.
///
/// # Errors
/// [`KeepError`] says what was done and what was not.
pub fn keep_sign_in(
    place: &Place,
    at: &Description,
    tokens: Tokens,
    asked: Option<&ProfileId>,
    leave: Replace,
) -> Result<SignedIn, KeepError> {
    let profile = NewProfile {
        provider: at.provider.clone(),
        secret: NewSecret::OAuth {
            access: tokens.access,
            refresh: tokens.refresh,
            expires: tokens.expires,
            client: Some(at.client_id.clone()),
        },
        account: tokens.account,
        email: tokens.email,
    };
    let name = profile.email.as_deref().unwrap_or("default");
    let usual = ProfileId::new(&format!("{}:{name}", at.provider));
    let kept = keep_under(
        place,
        |draft| match (asked, leave) {
            (Some(asked), Replace::Yes) => asked.clone(),
            (asked, _) => draft
                .holder_of(&profile)
                .or_else(|| asked.cloned())
                .unwrap_or_else(|| usual.clone()),
        },
        &profile,
        leave,
    )?;
    let asked = asked.filter(|asked| **asked != kept.id).cloned();
    Ok(SignedIn { kept, asked, profile })
}
