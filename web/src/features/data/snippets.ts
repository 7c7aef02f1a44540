// What a developer copies to send the first event. Pure.

/** The public Segment browser SDK; its settings come from this server and send everything back to it. */
export function browserSnippet(origin: string, writeKey: string): string {
  return `// npm install @segment/analytics-next
import { AnalyticsBrowser } from '@segment/analytics-next';

const analytics = AnalyticsBrowser.load({ writeKey: '${writeKey}', cdnURL: '${origin}' });

analytics.page();
analytics.identify('customer-1001', { email: 'li.hua@example.com' });
analytics.track('Order Completed', { order_id: 'A-1', total: 199.0, currency: 'CNY' });`;
}

/** The public Segment server SDK. */
export function serverSnippet(origin: string, writeKey: string): string {
  return `// npm install @segment/analytics-node
import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: '${writeKey}', host: '${origin}' });

analytics.identify({ userId: 'customer-1001', traits: { email: 'li.hua@example.com' } });
analytics.track({ userId: 'customer-1001', event: 'Order Completed', properties: { order_id: 'A-1', total: 199.0, currency: 'CNY' } });
await analytics.closeAndFlush();`;
}

export function curlSnippet(origin: string, writeKey: string, messageId: string): string {
  return `curl ${origin}/v1/track -u '${writeKey}:' -H 'Content-Type: application/json' \\
  -d '{"userId":"customer-1001","event":"Order Completed","messageId":"${messageId}","properties":{"order_id":"A-1","total":199.0,"currency":"CNY"}}'`;
}
