#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Finds the full expression around every co_await of the files given and prints the hazards in it: see check-awaits.
use strict;
use warnings;

# A `{` is a braced temporary unless what stands before it opens a block.
sub opens_block {
    my ($before) = @_;
    $before =~ s/\s+$//;
    return 1 if $before eq '' || $before =~ /[;{}:)\]]$/;
    return 1 if $before =~ /\b(?:else|do|try|const|noexcept|override|final|mutable)$/;
    return 1 if $before =~ /->\s*[\w:<>,\s&*]+$/;
    return 1 if $before =~ /\b(?:namespace|struct|class|enum|union)\b[^;{}()=]*$/;
    return 0;
}

# A `[` begins a lambda unless it subscripts, names an attribute or binds structure.
sub begins_lambda {
    my ($before) = @_;
    $before =~ s/\s+$//;
    return 0 if $before =~ /(?:\bauto\s*&{0,2}|\[)$/;
    return $before !~ /[\w\])]$/ || $before =~ /\b(?:return|co_return|co_await|co_yield)$/;
}

sub captures_by_value {
    my ($list) = @_;
    my $depth = 0;
    my $item = '';
    my @items;
    for my $char (split //, $list) {
        $depth++ if $char =~ /[(\[{<]/;
        $depth-- if $char =~ /[)\]}>]/;
        if ($char eq ',' && $depth == 0) { push @items, $item; $item = ''; next }
        $item .= $char;
    }
    push @items, $item;
    return scalar grep { /\S/ && !/^\s*(?:&|this\s*$)/ } @items;
}

# The position of the bracket that closes the one at $at.
sub closing {
    my ($text, $at) = @_;
    my $depth = 0;
    for (my $i = $at; $i < length $text; $i++) {
        my $char = substr $text, $i, 1;
        $depth++ if $char =~ /[(\[{]/;
        $depth-- if $char =~ /[)\]}]/;
        return $i if $depth == 0;
    }
    return length $text;
}

# Walks back to where the full expression begins: behind a `;`, a block's brace, or the bracket of if, while or for.
sub beginning {
    my ($text, $at) = @_;
    my $depth = 0;
    for (my $i = $at - 1; $i >= 0; $i--) {
        my $char = substr $text, $i, 1;
        if ($char eq ')' || $char eq ']') { $depth++; next }
        if ($char eq '}') {
            # a block that ended before us ends the statement before us; a temporary or a lambda's body belongs to us
            my $open = opening($text, $i);
            return $i + 1 if $depth == 0 && opens_block(substr $text, 0, $open);
            $i = $open;
            next;
        }
        if ($char eq ';' && $depth <= 0) { return $i + 1 }
        if ($char eq '{' && $depth <= 0 && opens_block(substr $text, 0, $i)) { return $i + 1 }
        if ($char eq '(' && $depth <= 0 && substr($text, 0, $i) =~ /\b(?:if|while|for|switch)\s*(?:constexpr\s*)?$/) {
            return $i + 1;
        }
        $depth-- if $char eq '(' || $char eq '[' || $char eq '{';
        $depth = 0 if $depth < 0;
    }
    return 0;
}

sub opening {
    my ($text, $at) = @_;
    my $depth = 0;
    for (my $i = $at; $i >= 0; $i--) {
        my $char = substr $text, $i, 1;
        $depth++ if $char =~ /[)\]}]/;
        $depth-- if $char =~ /[(\[{]/;
        return $i if $depth == 0;
    }
    return 0;
}

# The hazards between $from and the end of the full expression; lambdas' bodies are statements of their own.
sub hazards {
    my ($text, $from, $await) = @_;
    my $depth = 0;
    my %seen;
    for (my $i = $from; $i < length $text; $i++) {
        my $char = substr $text, $i, 1;
        my $before = substr $text, 0, $i;
        if ($char eq '[' && begins_lambda($before)) {
            my $end = closing($text, $i);
            $seen{'a lambda that captures by value'} = 1 if captures_by_value(substr $text, $i + 1, $end - $i - 1);
            $i = $end;
        } elsif ($char eq '{') {
            if (opens_block($before)) {
                my $end = closing($text, $i);
                last if $depth <= 0 && $i > $await;    # the block of if, while, for
                $i = $end;
            } else {
                $seen{'a braced temporary'} = 1;
                $depth++;
            }
        } elsif ($char eq '?') {
            $seen{'a ?:'} = 1;
        } elsif ($char eq '(' || $char eq '[') {
            $depth++;
        } elsif ($char eq ')' || $char eq ']' || $char eq '}') {
            last if --$depth < 0;
        } elsif ($char eq ';' && $depth <= 0) {
            last if $i > $await;
        }
    }
    return sort keys %seen;
}

# The word before the bracket that the full expression at $start stands in: if, while, switch, for; empty for a statement.
sub head_of {
    my ($text, $start) = @_;
    my $depth = 0;
    for (my $i = $start - 1; $i >= 0; $i--) {
        my $char = substr $text, $i, 1;
        $depth++ if $char =~ /[)\]}]/;
        next unless $char =~ /[(\[{]/;
        next if $depth-- > 0;
        return "" if $char ne "(";
        return substr($text, 0, $i) =~ /\b(if|while|switch|for)\s*(?:constexpr\s*)?$/ ? $1 : "";
    }
    return "";
}

# A condition that is no declaration: its temporaries die at the wrong time, whatever their type.
sub is_bare_condition {
    my ($text, $start, $await) = @_;
    my $head = head_of($text, $start);
    return 0 if $head eq "";
    my $lead = substr $text, $start, $await - $start;
    return 0 if $lead =~ /^\s*(?:const\s+)?(?:auto\b[^=]*|[\w:]+(?:<[^;()]*>)?[\s&*]+\w+\s*)=(?!=)/;
    return 0 if $head eq "for" && $lead =~ /(?<!:):(?!:)/;
    return $head ne "for" || substr($text, 0, $start) =~ /;$/;
}

sub blank { my ($text) = @_; $text =~ s/[^\n]/ /g; return $text }

my $found = 0;
for my $path (@ARGV) {
    open my $file, '<', $path or die "$path: $!\n";
    my $text = do { local $/; <$file> };
    close $file;
    next unless defined $text && $text =~ /\bco_await\b/;
    $text =~ s{(R"(\w*)\(.*?\)\2"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])+')}{blank($1)}gse;
    $text =~ s{^(\s*#[^\n]*)}{blank($1)}gme;
    while ($text =~ /\bco_await\b/g) {
        my $at = $-[0];
        my $line = 1 + (substr($text, 0, $at) =~ tr/\n//);
        my $start = beginning($text, $at);
        my @found = hazards($text, $start, $at);
        push @found, "a condition" if is_bare_condition($text, $start, $at);
        for my $hazard (@found) {
            print "$path:$line: $hazard shares the full expression of a co_await; name it first\n";
            $found = 1;
        }
    }
}
exit $found;
