/** Somebody at a browser, without one: keeps cookies, sends forms with their token, follows redirects. */
export interface Page {
  /** Path and query where the visitor ended up. */
  path: string;
  status: number;
  html: string;
}

export interface Visitor {
  name: string;
  open(path: string): Promise<Page>;
  /** Sends the form whose token is on `page`, as the browser would. */
  send(page: Page, action: string, fields: Record<string, string>): Promise<Page>;
}

/** A visitor of the server at `base`, speaking `language` (`zh`, `en`). */
function visit(base: string, name: string, language: string): Visitor {
  const cookies = new Map<string, string>();

  async function request(path: string, init: RequestInit = {}): Promise<Page> {
    const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join('; ');
    const headers = { 'accept-language': language, cookie, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(new URL(path, base), { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const split = pair.indexOf('=');
      cookies.set(pair.slice(0, split), pair.slice(split + 1));
    }
    const location = response.headers.get('location');
    if (location !== null) {
      const next = new URL(location, base);
      return request(`${next.pathname}${next.search}`);
    }
    return { path, status: response.status, html: await response.text() };
  }

  async function succeed(page: Promise<Page>): Promise<Page> {
    const got = await page;
    if (got.status < 400) return got;
    const said = /<h1[^>]*>([^<]*)[\s\S]*?<p[^>]*>([^<]*)/.exec(got.html);
    throw new Error(
      `Expected ${name} to get ${got.path}, but found ${got.status}: ${said?.slice(1).join(' - ') ?? ''}`,
    );
  }

  return {
    name,
    open: (path) => succeed(request(path)),
    send(page, action, fields) {
      const token = /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
      const body = new URLSearchParams({ ...fields, _csrf: token });
      return succeed(request(action, { method: 'POST', body }));
    },
  };
}

/** A visitor with a session. */
export async function signIn(base: string, login: string, password: string, language = 'en'): Promise<Visitor> {
  const visitor = visit(base, login, language);
  await visitor.send(await visitor.open('/sign-in'), '/sign-in', { login, password });
  return visitor;
}
