-- journey/sql/performance.sql: the steps of cases, as columns of arrays in order, with whose they are, whether a machine did them,
-- whether they failed (0: not known, 1: no, 2: yes) and what they cost; of each case its group too. With each how many cases and
-- steps there are in all. Where they are too many, cases are left out by chance, as a hash of them falls.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level (stage, touchpoint, channel): what a step is;
-- pause_ms Int64: the pause that ends a journey, unless a case goes on over it;
-- by: journey, or case (events with a case_id); resource, machine, failure, cost, group_by: where each is found: a property, or
-- name, channel, unit (empty: it is not asked for); machines, failures Array(String): the values that say so;
-- steps_max UInt64: answered, up to the end of a case.
-- Reads events by the key prefix (unit, day).
WITH
/*include steps*/
SELECT arrayMap(step -> step.1, list) AS ms, arrayMap(step -> step.3, list) AS nodes,
       if({resource:String} = '', [], arrayMap(step -> step.4, list)) AS resources,
       if({machine:String} = '', [], arrayMap(step -> step.5, list)) AS machine,
       if({failure:String} = '', [], arrayMap(step -> step.6, list)) AS failed,
       if({cost:String} = '', [], arrayMap(step -> step.7, list)) AS costs,
       arrayFirst(step -> step.8 != '', list).8 AS group,
       toUInt64(count() OVER ()) AS cases, toUInt64(sum(length(list)) OVER ()) AS steps,
       sum(length(list)) OVER (ORDER BY cityHash64(key), key ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS so_far
FROM
(
    SELECT if({by:String} = 'case', cityHash64(case_id), cityHash64(customer, journey)) AS key,
           arraySort(step -> (step.1, step.2),
                     groupArray((ms, event_id, node, resource_of,
                                 toUInt8(multiIf(machine_of = '', 0, has({machines:Array(String)}, machine_of), 2, 1)),
                                 toUInt8(multiIf(failure_of = '', 0, has({failures:Array(String)}, failure_of), 2, 1)),
                                 cost_of, group_of))) AS list
    FROM
    (
        SELECT customer, journey, case_id, ms, event_id, node,
               multiIf({resource:String} = '', '', {resource:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
                       {resource:String} = 'unit', unit, properties[{resource:String}]) AS resource_of,
               multiIf({machine:String} = '', '', {machine:String} = 'name', dictGet('kind_of', 'name', toUInt64(kind)),
                       {machine:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
                       {machine:String} = 'unit', unit, properties[{machine:String}]) AS machine_of,
               multiIf({failure:String} = '', '', {failure:String} = 'name', dictGet('kind_of', 'name', toUInt64(kind)),
                       {failure:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
                       {failure:String} = 'unit', unit, properties[{failure:String}]) AS failure_of,
               if({cost:String} = '', NULL, toFloat64OrNull(properties[{cost:String}])) AS cost_of,
               multiIf({group_by:String} = '', '', {group_by:String} = 'name', dictGet('kind_of', 'name', toUInt64(kind)),
                       {group_by:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
                       {group_by:String} = 'unit', unit, properties[{group_by:String}]) AS group_of
        FROM steps
        WHERE {by:String} != 'case' OR case_id != ''
    )
    GROUP BY key
)
QUALIFY so_far - length(list) < {steps_max:UInt64}
ORDER BY so_far
