// A real OAuth server on a free port of this machine, for the tests of signing in and of renewal.
//
// It prints one line of JSON when it listens: {"issuer": "http://127.0.0.1:PORT"}. It ends when its standard input does.
//
//   GET  /log            the requests that came to the token endpoint: [{"grant", "status", "error", "token"}], where
//                        "token" is a short digest of the refresh token, code or device code, never the thing itself
//   POST /account?id=X   who says yes from now on; "nobody" says no
//   POST /device?user_code=X   types a device code, as a person would on another machine, and says yes or no
//   POST /lifetime?seconds=N   how long access tokens last from now on
//
// Login and consent need no page: whoever opens the authorization URL and follows redirects (with cookies) has said yes.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

let account = process.env.ACCOUNT ?? 'ada';
let lifetime = Number(process.env.LIFETIME ?? 3600);
const log = [];

const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 12);

const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address();
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'modelpin-test',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code'],
    // A native client may come back on any port of this machine (RFC 8252 §7.3).
    redirect_uris: ['http://127.0.0.1/auth/callback', 'http://localhost/auth/callback'],
  }],
  claims: { openid: ['sub'], email: ['email'] },
  // The address is in the ID token itself, as the providers of this project have it.
  conformIdTokenClaims: false,
  scopes: ['openid', 'email', 'offline_access'],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  ttl: {
    AccessToken: () => lifetime,
    AuthorizationCode: 60,
    DeviceCode: Number(process.env.DEVICE_LIFETIME ?? 600),
    Grant: 86400,
    IdToken: 3600,
    Interaction: 600,
    RefreshToken: 86400,
    Session: 86400,
  },
  cookies: { keys: ['a key of a test'] },
  features: {
    devInteractions: { enabled: false },
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
  },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.test` }),
  }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

provider.use(async (ctx, next) => {
  if (ctx.path !== '/token') return next();
  await next();
  const sent = ctx.oidc?.params ?? ctx.oidc?.body ?? {};
  const token = sent.refresh_token ?? sent.code ?? sent.device_code;
  log.push({
    grant: sent.grant_type,
    status: ctx.status,
    error: ctx.body?.error ?? null,
    token: token ? digest(token) : null,
  });
});

// Says yes, or no, for whoever the account is.
async function interact(request, response) {
  const { prompt, params, grantId } = await provider.interactionDetails(request, response);
  let result;
  if (account === 'nobody') {
    result = { error: 'access_denied', error_description: 'CANARY a sentence of the provider' };
  } else if (prompt.name === 'login') {
    result = { login: { accountId: account } };
  } else {
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: account, clientId: params.client_id });
    grant.addOIDCScope(params.scope ?? 'openid');
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

// A device code is granted as its own pages would do it, without their forms.
async function typed(userCode) {
  const code = await provider.DeviceCode.findByUserCode(userCode.replace(/[^A-Za-z0-9]/g, ''));
  if (!code) return false;
  if (account === 'nobody') {
    Object.assign(code, { error: 'access_denied', errorDescription: 'CANARY a sentence of the provider' });
  } else {
    const scope = code.params.scope ?? 'openid';
    const grant = new provider.Grant({ accountId: account, clientId: code.clientId });
    grant.addOIDCScope(scope);
    Object.assign(code, {
      accountId: account,
      authTime: Math.floor(Date.now() / 1000),
      grantId: await grant.save(),
      scope,
    });
  }
  await code.save();
  return true;
}

const callback = provider.callback();
server.on('request', async (request, response) => {
  const url = new URL(request.url, issuer);
  const json = (value, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  try {
    if (url.pathname === '/log') return json(log);
    if (request.method === 'POST' && url.pathname === '/account') {
      account = url.searchParams.get('id');
      return json({});
    }
    if (request.method === 'POST' && url.pathname === '/lifetime') {
      lifetime = Number(url.searchParams.get('seconds'));
      return json({});
    }
    if (request.method === 'POST' && url.pathname === '/device') {
      return json({}, (await typed(url.searchParams.get('user_code'))) ? 200 : 404);
    }
    if (url.pathname.startsWith('/interaction/')) return await interact(request, response);
    return await callback(request, response);
  } catch (wrong) {
    console.error(wrong);
    return json({ error: 'server_error' }, 500);
  }
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
console.log(JSON.stringify({ issuer }));
