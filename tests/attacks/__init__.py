"""Who could keep a use of root from being told, or make us tell what is not so: each tries it on a deployed one."""
