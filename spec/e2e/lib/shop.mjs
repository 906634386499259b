import { describe, HttpClient } from './http_client.mjs';

// The shop's HTTP API in verbs. Each verb throws when the answer is not the one it is named for;
// for other answers use `http` itself.
export class Shop {
  http;

  constructor(gateway, options) {
    this.http = new HttpClient(gateway, options);
  }

  async signIn({ email, password }) {
    const answer = await this.http.post('/api/sessions', { email, password });
    expectStatus('POST', '/api/sessions', answer, 201);
    return answer.body.token;
  }

  // lines: [[product, quantity], ...]. Returns the answer with the order as its body.
  async placeOrder(token, lines, options) {
    const answer = await this.tryOrder(token, lines, options);
    expectStatus('POST', '/api/orders', answer, 201);
    return answer;
  }

  tryOrder(token, lines, options) {
    const items = lines.map(([product, quantity]) => ({ product_id: product.id, quantity }));
    return this.http.post('/api/orders', { items }, { token, ...options });
  }

  async order(token, id) {
    const answer = await this.http.get(`/api/orders/${id}`, { token });
    expectStatus('GET', `/api/orders/${id}`, answer, 200);
    return answer.body;
  }

  // Returns the answer: 200 when the outcome came in time, else 202.
  async cancel(token, id) {
    const answer = await this.http.post(`/api/orders/${id}/cancel`, undefined, { token });
    expectStatus('POST', `/api/orders/${id}/cancel`, answer, 200, 202);
    return answer;
  }

  close() {
    this.http.close();
  }
}

export function expectStatus(method, path, answer, ...statuses) {
  if (!statuses.includes(answer.status)) {
    throw new Error(`expected ${statuses.join(' or ')}: ${describe(method, path, answer)}`);
  }
}
