// An OAuth server on loopback: `oidc-provider`, which nobody here wrote. Prints its address, ends with its standard input.
//
// People sign in and consent at once, without a page: as `?login_hint=NAME`, else as `ann`. Refresh tokens rotate; one
// that is used twice revokes all that came from it. `GET /log` shows what the token endpoint did; `POST /mode` sets what
// becomes of the next token requests: `ok`, `lost` (done, and not answered), `hold` (not answered until the mode changes),
// `trouble` (503).
import http from 'node:http';
import Provider from 'oidc-provider';

const log = [];
let mode = 'ok';
const held = [];

const server = http.createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'modelpin-test',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
    },
  ],
  cookies: { keys: ['not-a-secret'] },
  claims: { openid: ['sub'], email: ['email'] },
  conformIdTokenClaims: false,
  scopes: ['openid', 'email', 'offline_access'],
  features: { devInteractions: { enabled: false }, deviceFlow: { enabled: true, charset: 'digits', mask: '****-****' } },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, email: `${sub}@example.test` }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AccessToken: 3600, RefreshToken: 86400, DeviceCode: 600, Grant: 86400, Session: 86400, Interaction: 600 },
});

provider.use(async (ctx, next) => {
  if (ctx.path.startsWith('/interaction/')) {
    const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
    if (params.login_hint === 'nobody') {
      await provider.interactionFinished(ctx.req, ctx.res, { error: 'access_denied' });
      return;
    }
    if (prompt.name === 'login') {
      await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: params.login_hint || 'ann' } });
      return;
    }
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope('openid email offline_access');
    await provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId: await grant.save() } });
    return;
  }
  if (ctx.path !== '/token') return next();
  if (mode === 'hold') await new Promise((go) => held.push(go));
  if (mode === 'trouble') {
    log.push({ status: 503 });
    ctx.status = 503;
    ctx.body = 'try later';
    return undefined;
  }
  const lost = mode === 'lost';
  await next();
  const { grant_type: grant } = ctx.oidc?.params ?? {};
  log.push({ grant, status: ctx.status, error: ctx.body?.error ?? null });
  if (lost) ctx.req.socket.destroy();
  return undefined;
});

const handle = provider.callback();
server.on('request', (request, response) => {
  if (request.url === '/log') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(log));
  } else if (request.url === '/mode' && request.method === 'POST') {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      mode = text.trim();
      if (mode !== 'hold') held.splice(0).forEach((go) => go());
      response.end('ok');
    });
  } else {
    handle(request, response);
  }
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
console.log(issuer);
