// What a developer copies to send the first event. Pure.

/** The public Segment browser SDK, told to send to this server instead; it asks no other server for settings. */
export function browserSnippet(origin: string, writeKey: string): string {
  const url = new URL(origin);
  return `// npm install @segment/analytics-next
import { AnalyticsBrowser } from '@segment/analytics-next';

const analytics = AnalyticsBrowser.load(
  { writeKey: '${writeKey}', cdnSettings: { integrations: { 'Segment.io': { apiKey: '${writeKey}' } } } },
  { integrations: { 'Segment.io': { apiHost: '${url.host}/v1', protocol: '${url.protocol.replace(':', '')}' } } },
);

analytics.page();
analytics.identify('customer-1001', { email: 'li.hua@example.com' });
analytics.track('Order Completed', { order_id: 'A-1', total: 199.0, currency: 'CNY' });`;
}

export function curlSnippet(origin: string, writeKey: string, messageId: string): string {
  return `curl ${origin}/v1/track -u '${writeKey}:' -H 'Content-Type: application/json' \\
  -d '{"userId":"customer-1001","event":"Order Completed","messageId":"${messageId}","properties":{"order_id":"A-1","total":199.0,"currency":"CNY"}}'`;
}
