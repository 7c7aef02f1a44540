// The numbers of one customer, each leading to the events it was made from, of all time.
import { useTranslation } from 'react-i18next';
import type { Money } from '../../api/generated';
import { DrillNumber } from '../../components/drill_number';
import { ScoreChip } from '../../components/score';
import { exact, money } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import type { Drill } from '../../state/drill';

/** What counts as something the customer did; identify, group and alias only say who they are. */
const kInteractions = 'track,page,screen';

interface Counted {
  id: string;
  name: string;
  events: number;
  orders: number;
  spend: Money | null;
}

function useBase({ id, name }: { id: string; name: string }): (what: string, more?: Drill) => Drill {
  const { t } = useTranslation();
  return (what, more) => ({ title: `${name || t('customer.unnamed')} · ${what}`, customer: id, scope: 'all', ...more });
}

export function EventsNumber({ customer }: { customer: Counted }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const to = useBase(customer);
  return <DrillNumber behind="events" count={customer.events} to={to(t('customer.events'), { type: kInteractions })}>{exact(customer.events, language)}</DrillNumber>;
}

export function OrdersNumber({ customer }: { customer: Counted }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const to = useBase(customer);
  if (customer.orders === 0) return <>0</>;
  return <DrillNumber behind="events" count={customer.orders} to={to(t('customer.orders'), { touchpoint: 'order' })}>{exact(customer.orders, language)}</DrillNumber>;
}

export function SpendNumber({ customer }: { customer: Counted }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const to = useBase(customer);
  if (!customer.spend) return <>–</>;
  const shown = money(customer.spend, language, true);
  return <DrillNumber behind="explained" className="nowrap" to={to(t('customer.spend'), { stage: 'purchase', why: 'spend', shown })}>{shown}</DrillNumber>;
}

export function ScoreNumber({ customer, instrument, score }: { customer: { id: string; name: string }; instrument: string; score: number | null }) {
  const language = useLanguage();
  const to = useBase(customer);
  if (score === null) return <ScoreChip score={null} instrument={instrument} />;
  return <DrillNumber behind="explained" to={to(instrument.toUpperCase(), { instrument, why: 'last_score', shown: exact(score, language, 1) })}><ScoreChip score={score} instrument={instrument} /></DrillNumber>;
}
