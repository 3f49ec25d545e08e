-- Who was here: $1 persons.
select proxyhooks.saw($1::text[])
