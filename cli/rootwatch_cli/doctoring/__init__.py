"""What ``rootwatch doctor`` looks at: facts gathered from AWS, checks that are pure functions over them, a report."""
