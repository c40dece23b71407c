//! A browser without a screen: it keeps cookies and goes where it is sent.

use std::collections::BTreeMap;

use reqwest::{Client, Method, header, redirect};
use tokio::runtime::Runtime;

/// The most redirects that are followed.
const MOST: usize = 20;

/// A browser that nobody has used yet.
pub(crate) struct Browser {
    client: Client,
    tasks: Runtime,
    cookies: BTreeMap<String, String>,
}

/// A page.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) address: String,
    pub(crate) headers: header::HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .tls_certs_only([])
            .build()
            .expect("a client");
        let tasks = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self {
            client,
            tasks: tasks.expect("a runtime"),
            cookies: BTreeMap::new(),
        }
    }

    /// One request, no redirect.
    pub(crate) fn get(&mut self, address: &str) -> Page {
        self.ask(Method::GET, address)
    }

    pub(crate) fn post(&mut self, address: &str) -> Page {
        self.ask(Method::POST, address)
    }

    pub(crate) fn ask(&mut self, method: Method, address: &str) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self
            .client
            .request(method, address)
            .header(header::COOKIE, cookies.join("; "));
        let page = self.tasks.block_on(async {
            let response = request.send().await.expect("an answer");
            Page {
                status: response.status().as_u16(),
                address: address.to_owned(),
                headers: response.headers().clone(),
                text: response.text().await.expect("a body"),
            }
        });
        for cookie in page.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            let (name, value) = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a cookie");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        page
    }

    /// Says yes at the provider, and stops where the browser would come back to this machine.
    pub(crate) fn say_yes(&mut self, address: &str) -> String {
        let mut address = address.to_owned();
        for _ in 0..MOST {
            if address.contains("/auth/callback?") {
                return address;
            }
            let page = self.get(&address);
            let to = page.headers.get(header::LOCATION);
            let to = to.unwrap_or_else(|| panic!("{address} answers {}: {}", page.status, page.text));
            let base = url::Url::parse(&address).expect("an address");
            address = base.join(to.to_str().expect("ASCII")).expect("an address").into();
        }
        panic!("the redirects do not end: {address}");
    }

    /// Says yes, and comes back to this machine.
    pub(crate) fn sign_in(&mut self, address: &str) -> Page {
        let back = self.say_yes(address);
        self.get(&back)
    }
}
