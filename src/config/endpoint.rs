//! Where a provider is reached: configured, or known.

use super::root::Config;
use super::secret_input::SecretInput;
use crate::endpoint::{Api, Endpoint};
use crate::model::ProviderId;

impl Config {
    /// Where a provider is reached: as configured, else as [`Endpoint::known`] has it.
    ///
    /// Values stand in it as they are written: `${NAME}` is not replaced. It is made for display;
    /// [`endpoint_with`](Self::endpoint_with) makes the one that requests go to. `None` if no base URL is known,
    /// or the provider speaks an API that modelpin does not.
    #[must_use]
    pub fn endpoint(&self, provider: &ProviderId) -> Option<Endpoint> {
        let as_written = |input: &SecretInput| Ok::<_, std::convert::Infallible>(input.as_written());
        match self.endpoint_with(provider, as_written) {
            Ok(endpoint) => endpoint,
            Err(never) => match never {},
        }
    }

    /// Where requests to a provider go, with base URL and headers put through `resolve`.
    ///
    /// The API is the configured one, else the provider's known one, else `openai-completions`.
    ///
    /// # Errors
    /// The first one of `resolve`.
    pub fn endpoint_with<E>(
        &self,
        provider: &ProviderId,
        resolve: impl Fn(&SecretInput) -> Result<String, E>,
    ) -> Result<Option<Endpoint>, E> {
        let known = Endpoint::known(provider);
        let Some(own) = self.providers.get(provider) else {
            return Ok(known);
        };
        if own.foreign_api.is_some() {
            return Ok(None);
        }
        let base_url = match (&own.base_url, &known) {
            (Some(written), _) => resolve(written)?,
            (None, Some(known)) => known.base_url.clone(),
            (None, None) => return Ok(None),
        };
        let api = own.api.or(known.map(|known| known.api));
        let mut endpoint = Endpoint::new(&base_url, api.unwrap_or(Api::OpenAiCompletions));
        endpoint.key_header = own.key_header;
        endpoint.patience = own.patience;
        for (name, value) in &own.headers {
            endpoint.headers.push((name.clone(), resolve(value)?));
        }
        Ok(Some(endpoint))
    }
}
