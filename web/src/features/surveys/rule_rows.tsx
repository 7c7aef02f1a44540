// A condition over earlier questions, row by row.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, InputNumber, Select, Space } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n';
import { wordsIn, type Json } from './outline';
import { choicesOf } from './questions';
import { answersOf, firstTest, readRule, testsOf, writeRule, type Test } from './rules';

interface TestProps { test: Test; questions: Json[]; onChange: (test: Test) => void; onRemove: () => void }

function TestRow({ test, questions, onChange, onRemove }: TestProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const question = questions.find((one) => one.id === test.question);
  const text = (of: Json) => wordsIn(of.text, language) || String(of.id);
  const rows = choicesOf(question ?? {}, 'rows');
  const options = choicesOf(question ?? {}, 'options');
  const answer = (value: string) => {
    const option = options.find((one) => one.id === value);
    return question?.type === 'consent' ? t(value === 'true' ? 'builder.consented' : 'builder.not_consented') : option ? wordsIn(option.text, language) || value : value;
  };
  const pick = (next: Test['test']) => onChange({ ...test, test: next, values: next === 'answered' || next === 'unanswered' ? [] : answersOf(question).slice(0, 1) });
  return (
    <div className="rule-row" data-testid="rule">
      <Select aria-label={t('builder.rule_question')} value={test.question} style={{ flex: '2 1 180px', minWidth: 0 }} options={questions.map((one) => ({ value: String(one.id), label: text(one) }))} onChange={(id) => onChange(firstTest(questions.find((one) => one.id === id) ?? { id }))} showSearch={{ optionFilterProp: 'label' }} />
      {rows.length > 0 && <Select aria-label={t('builder.rule_row')} value={test.row ?? null} style={{ flex: '1 1 120px', minWidth: 0 }} options={rows.map((one) => ({ value: one.id, label: wordsIn(one.text, language) || one.id }))} onChange={(row: string) => onChange({ ...test, row })} />}
      <Select aria-label={t('builder.rule_test')} value={test.test} style={{ flex: '1 1 110px', minWidth: 0 }} options={testsOf(question).map((name) => ({ value: name, label: t(`builder.test_${name}`) }))} onChange={pick} />
      {test.test === 'is' && <Select mode="multiple" aria-label={t('builder.rule_values')} value={test.values} style={{ flex: '2 1 150px', minWidth: 0 }} options={answersOf(question).map((value) => ({ value, label: answer(value) }))} onChange={(values: string[]) => onChange({ ...test, values })} status={test.values.length === 0 ? 'error' : ''} />}
      {(test.test === 'least' || test.test === 'most') && <InputNumber aria-label={t('builder.rule_values')} value={Number(test.values[0] ?? 0)} precision={0} style={{ width: 90 }} onChange={(value) => onChange({ ...test, values: [String(value ?? 0)] })} />}
      <Button type="text" danger icon={<DeleteOutlined />} aria-label={t('builder.rule_remove')} onClick={onRemove} />
    </div>
  );
}

interface Props { rule: unknown; questions: Json[]; always: string; onChange: (rule: Json | undefined) => void }

/** `always`: what holds without a condition. */
export function RuleRows({ rule, questions, always, onChange }: Props) {
  const { t } = useTranslation();
  const simple = readRule(rule);
  if (!simple) {
    return <p className="small" style={{ margin: 0 }}>{t('builder.rule_nested')} <code>{JSON.stringify(rule)}</code> <Button size="small" onClick={() => onChange(undefined)}>{t('builder.rule_remove')}</Button></p>;
  }
  const put = (tests: Test[], any = simple.any) => onChange(writeRule({ any, tests }, questions));
  const last = questions.at(-1);
  if (!last) return <p className="muted small" style={{ margin: 0 }}>{t('builder.rule_none_earlier')}</p>;
  return (
    <div style={{ display: 'grid', gap: 6 }}>
      {simple.tests.length === 0 && <span className="muted small">{always}</span>}
      {simple.tests.length > 1 && <Space size={6}><Select size="small" aria-label={t('builder.rule_join')} value={simple.any ? 'any' : 'all'} style={{ width: 180 }} options={['all', 'any'].map((value) => ({ value, label: t(`builder.rule_${value}`) }))} onChange={(value) => put(simple.tests, value === 'any')} /></Space>}
      {simple.tests.map((test, at) => (
        <TestRow key={at} test={test} questions={questions} onChange={(next) => put(simple.tests.map((one, n) => (n === at ? next : one)))} onRemove={() => put(simple.tests.filter((_, n) => n !== at))} />
      ))}
      <div><Button size="small" icon={<PlusOutlined />} onClick={() => put([...simple.tests, firstTest(last)])}>{t('builder.rule_add')}</Button></div>
    </div>
  );
}
